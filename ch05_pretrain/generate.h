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
  /// Called when the text first outgrows the model's context: from then on the model sees the last
  /// half to whole context_length of tokens only (sequence.h).
  std::function<void()> on_slide = nullptr;
};

/// Called with each new token; false ends the generation.
using OnToken = std::function<bool(int32_t token)>;

/// `ids` with what the model continues them with; with a key/value cache, if the model has one.
/// Evaluation mode, no tape. Throws std::invalid_argument when `ids` is empty.
std::vector<int32_t> Generate(GPTModel& model, std::vector<int32_t> ids,
                              const GenerateOptions& options, Generator& generator,
                              const OnToken& on_token = nullptr);

/// Called with each new token of each prompt; false ends that prompt's text.
using OnTokenOf = std::function<bool(size_t prompt, int32_t token)>;

/// Generate for several prompts, up to 8 of them side by side: a step reads the weights once for
/// all. When a text ends, the next prompt takes its place. Each draws from a generator of its own,
/// seeded with `seed`, so each gets what it would get alone.
std::vector<std::vector<int32_t>> GenerateBatch(GPTModel& model,
                                                std::vector<std::vector<int32_t>> prompts,
                                                const GenerateOptions& options, uint64_t seed,
                                                const OnTokenOf& on_token = nullptr);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_GENERATE_H_
