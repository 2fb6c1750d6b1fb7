// Where the publishers of GPT-2's weights keep the workshop's parameters.
//
//   StoredPlace place = PlaceOf("trf_blocks.0.att.W_key.weight", GptNaming::kHuggingFace);
//   // {"h.0.attn.c_attn.weight", transposed, part 1 of 3}
//
//   workshop, [out, in]                 Hugging Face, [in, out]  OpenAI, [1, in, out]
//   tok_emb.weight                      wte.weight               model/wte
//   pos_emb.weight                      wpe.weight               model/wpe
//   trf_blocks.0.norm1.scale            h.0.ln_1.weight          model/h0/ln_1/g
//   trf_blocks.0.norm1.shift            h.0.ln_1.bias            model/h0/ln_1/b
//   trf_blocks.0.att.W_query.weight     h.0.attn.c_attn.weight   model/h0/attn/c_attn/w
//   trf_blocks.0.att.out_proj.weight    h.0.attn.c_proj.weight   model/h0/attn/c_proj/w
//   trf_blocks.0.norm2.scale            h.0.ln_2.weight          model/h0/ln_2/g
//   trf_blocks.0.ff.layers.0.weight     h.0.mlp.c_fc.weight      model/h0/mlp/c_fc/w
//   trf_blocks.0.ff.layers.2.weight     h.0.mlp.c_proj.weight    model/h0/mlp/c_proj/w
//   final_norm.scale                    ln_f.weight              model/ln_f/g
//   out_head.weight                     lm_head.weight           (always model/wte)
//
// Both publishers multiply from the other side (y = x W instead of x W^T), so their matrices are
// transposed; and c_attn holds query, key and value side by side.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GPT_NAMES_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GPT_NAMES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ch04_model/gpt_config.h"
#include "tensor/stored_tensor.h"

namespace gokart {

/// Who named the tensors of a file.
enum class GptNaming { kWorkshop, kHuggingFace, kOpenAi };

/// "the workshop's", "Hugging Face's", "OpenAI's": for messages.
const char* GptNamingText(GptNaming naming);

/// A parameter by the workshop's name.
struct GptParameter {
  std::string name;
  std::vector<int64_t> shape;

  bool operator==(const GptParameter&) const = default;
};

/// The parameters of a GPT with GPT-2's attention as GPTModel::NamedParts() lists them, without
/// making one.
std::vector<GptParameter> GptParameters(const GptConfig& config);

/// Where a file keeps a parameter of the workshop.
struct StoredPlace {
  std::string name;         ///< of the tensor in the file
  bool transposed = false;  ///< the file has [in, out], the workshop [out, in]
  int64_t part = 0;         ///< the tensor's last axis is cut into `parts` equal parts, and
  int64_t parts = 1;        ///< this one is the parameter

  bool operator==(const StoredPlace&) const = default;
};

/// The place of a parameter, by its name in GPTModel::NamedParts(). Throws std::invalid_argument
/// for a name that GPT-2 lacks, unless the file has the workshop's names too.
StoredPlace PlaceOf(const std::string& workshop_name, GptNaming naming);

/// The shape of the stored tensor that a parameter of this shape is in, or is a part of: matrices
/// turned around, with all parts, and OpenAI's with an axis of length 1 before the others.
std::vector<int64_t> StoredShape(const StoredPlace& place, std::span<const int64_t> shape,
                                 GptNaming naming);

/// Who named these tensors; nothing if they are not those of a GPT. Hugging Face's names may begin
/// with "transformer.", as those of GPT2LMHeadModel do.
std::optional<GptNaming> FindNaming(std::span<const StoredTensor> tensors);

/// "transformer." where the names begin with it, otherwise nothing.
std::string NamePrefix(std::span<const StoredTensor> tensors);

/// Whether a tensor belongs to no parameter and yet to no error: the causal masks that PyTorch
/// programs save with a model (att.mask; attn.bias, attn.masked_bias), and what is kept of the
/// training itself (optimizer.*, training.*). `name` comes without prefix.
bool IsNoParameter(const std::string& name, GptNaming naming);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GPT_NAMES_H_
