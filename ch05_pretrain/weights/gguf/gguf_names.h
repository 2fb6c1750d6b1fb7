// What llama.cpp calls the parameters of a GPT-2 in its GGUF files.
//
//   GgufPlace place = GgufPlaceOf("trf_blocks.0.att.W_key.weight");
//   // {"blk.0.attn_qkv.weight", part 1 of 3}
//
//   workshop                           GGUF
//   tok_emb.weight                     token_embd.weight
//   pos_emb.weight                     position_embd.weight
//   trf_blocks.0.norm1.scale           blk.0.attn_norm.weight
//   trf_blocks.0.norm1.shift           blk.0.attn_norm.bias
//   trf_blocks.0.att.W_query.weight    blk.0.attn_qkv.weight, the first third of its rows
//   trf_blocks.0.att.out_proj.weight   blk.0.attn_output.weight
//   trf_blocks.0.norm2.scale           blk.0.ffn_norm.weight
//   trf_blocks.0.ff.layers.0.weight    blk.0.ffn_up.weight
//   trf_blocks.0.ff.layers.2.weight    blk.0.ffn_down.weight
//   final_norm.scale                   output_norm.weight
//   out_head.weight                    output.weight, none if it is the token embedding
//
// Matrices are [out, in], as the workshop's: none need be transposed, and what lies below each
// other in attn_qkv are the workshop's three, whole.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_NAMES_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_NAMES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace gokart {

struct GgufPlace {
  std::string name;
  int64_t part = 0;   ///< the tensor's first axis is cut into `parts` equal parts, and
  int64_t parts = 1;  ///< this one is the parameter

  bool operator==(const GgufPlace&) const = default;
};

/// The place of a parameter, by its name in GPTModel::NamedParts(). Throws std::invalid_argument
/// for a name that no GPT has.
GgufPlace GgufPlaceOf(const std::string& workshop_name);

/// The inverse: the parameters in a tensor, in order. Empty for a name that no GPT-2 has.
std::vector<std::string> WorkshopNamesIn(const std::string& gguf_name);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_NAMES_H_
