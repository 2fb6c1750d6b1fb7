#include "ch05_pretrain/weights/export/huggingface_config.h"

#include <stdexcept>
#include <string>

#include "ch02_data/tokenizer.h"
#include "nlohmann/json.hpp"

namespace gokart {
namespace {

using nlohmann::json;

const char* TorchName(DType dtype) {
  if (dtype == DType::kF32) return "float32";
  if (dtype == DType::kF16) return "float16";
  if (dtype == DType::kBF16) return "bfloat16";
  throw std::invalid_argument("HuggingFaceConfig: PyTorch has no " + std::string(DTypeName(dtype)));
}

}  // namespace

json HuggingFaceConfig(const GptConfig& config, DType dtype, std::optional<int32_t> end_of_text) {
  const json end = end_of_text ? json(*end_of_text) : json();
  return {
      {"architectures", {"GPT2LMHeadModel"}},
      {"model_type", "gpt2"},
      {"vocab_size", config.vocab_size},
      {"n_positions", config.context_length},
      {"n_ctx", config.context_length},
      {"n_embd", config.emb_dim},
      {"n_head", config.n_heads},
      {"n_layer", config.n_layers},
      {"n_inner", nullptr},  // 4 n_embd
      {"activation_function", "gelu_new"},
      {"layer_norm_epsilon", 1e-5},
      {"embd_pdrop", config.EmbDropRate()},
      {"attn_pdrop", config.AttnDropRate()},
      {"resid_pdrop", config.ShortcutDropRate()},
      {"initializer_range", 0.02},
      {"scale_attn_weights", true},
      {"scale_attn_by_inverse_layer_idx", false},
      {"reorder_and_upcast_attn", false},
      {"tie_word_embeddings", config.tie_weights},
      {"use_cache", true},
      {"bos_token_id", end},
      {"eos_token_id", end},
      {"torch_dtype", TorchName(dtype)},
  };
}

json HuggingFaceTokenizerConfig(const GptConfig& config, bool has_end_of_text) {
  json object = {{"add_prefix_space", false},
                 {"clean_up_tokenization_spaces", false},
                 {"model_max_length", config.context_length}};
  // GPT2Tokenizer would add the token to a vocabulary that has none.
  object["tokenizer_class"] = has_end_of_text ? "GPT2Tokenizer" : "PreTrainedTokenizerFast";
  for (const char* role : {"bos_token", "eos_token", "unk_token"}) {
    if (has_end_of_text) object[role] = std::string(Tokenizer::kEndOfText);
  }
  return object;
}

}  // namespace gokart
