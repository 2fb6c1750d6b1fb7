// The small files beside the weights in a folder of Hugging Face's.
//
//   WriteFile("out/config.json", HuggingFaceConfig(config, DType::kF32, 50256).dump(2));
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_HUGGINGFACE_CONFIG_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_HUGGINGFACE_CONFIG_H_

#include <cstdint>
#include <optional>

#include "ch04_model/gpt_config.h"
#include "nlohmann/json_fwd.hpp"
#include "tensor/dtype.h"

namespace gokart {

/// config.json, from which transformers makes a GPT2LMHeadModel: the fields of its GPT2Config.
/// `end_of_text` both begins and ends texts, as in GPT-2. Throws std::invalid_argument for types
/// that PyTorch lacks.
nlohmann::json HuggingFaceConfig(const GptConfig& config, DType dtype,
                                 std::optional<int32_t> end_of_text);

/// tokenizer_config.json for GPT-2's kind of tokenizer.
nlohmann::json HuggingFaceTokenizerConfig(const GptConfig& config, bool has_end_of_text);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_HUGGINGFACE_CONFIG_H_
