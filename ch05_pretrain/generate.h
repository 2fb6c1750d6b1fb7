// Text from a model, token by token, with a choice of decoding strategy (workshop section 5.3.3).
//
//   std::vector<int32_t> ids = tokenizer.Encode("Every effort moves you");
//   ids = Generate(model, ids, {.max_new_tokens = 50, .sampling = {.temperature = 1.4, .top_k =
//   25}},
//                  GlobalGenerator());
#ifndef GOKART_CH05_PRETRAIN_GENERATE_H_
#define GOKART_CH05_PRETRAIN_GENERATE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "ch04_model/gpt_model.h"
#include "ch05_pretrain/sampling.h"

namespace gokart {

struct GenerateOptions {
  int64_t max_new_tokens = 50;
  SamplingOptions sampling;
  std::optional<int32_t> eos_id;  ///< generation ends before this token would be appended
};

/// Called with each new token; false ends the generation.
using OnToken = std::function<bool(int32_t token)>;

/// `ids` with what the model continues them with. It sees the last context_length tokens.
/// Evaluation mode, no tape. Throws std::invalid_argument when `ids` is empty.
std::vector<int32_t> Generate(GPTModel& model, std::vector<int32_t> ids,
                              const GenerateOptions& options, Generator& generator,
                              const OnToken& on_token = nullptr);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_GENERATE_H_
