#include "ch05_pretrain/generate.h"

#include <memory>
#include <span>
#include <stdexcept>
#include <utility>

#include "ch04_model/sequence.h"

namespace gokart {
namespace {

// A text in the making.
struct Writer {
  Writer(const GPTModel& model, size_t prompt, std::vector<int32_t> ids)
      : prompt(prompt), sequence(model, std::move(ids)) {}

  // Adds the next token. False when the text is at its end.
  bool Step(std::span<const float> logits, const GenerateOptions& options, Generator& generator,
            const OnTokenOf& on_token) {
    if (sequence.slid() && !std::exchange(told, true) && options.on_slide) options.on_slide();
    // [exercise 5.11] Text from a model
    // Task: Draw the next token from the logits and append it to the sequence; say (on_token) which
    //       it was. Return whether the text goes on: not after options.max_new_tokens, not when
    //       on_token says no, and never with options.eos_id, which is not appended.
    // Hint: SampleToken is exercise 5.8; sequence.Append(token) adds to the text, new_tokens
    //       counts.
    // Hint: on_token(prompt, token) may be empty; it hears of appended tokens only.
    // Test: //ch05_pretrain:generate_test GenerateTest.*
    // Read: ch05_pretrain/README.md, "Decoding"

    const int32_t next = SampleToken(logits, options.sampling, generator);
    if (next == options.eos_id) return false;
    sequence.Append(next);
    ++new_tokens;
    if (on_token && !on_token(prompt, next)) return false;
    return new_tokens < options.max_new_tokens;
    // [end of exercise 5.11]
  }

  size_t prompt;
  Sequence sequence;
  int64_t new_tokens = 0;
  bool told = false;
};

std::span<const float> Row(const Tensor& logits, size_t row) {
  const size_t v = static_cast<size_t>(logits.dim(1));
  return logits.values().subspan(row * v, v);
}

}  // namespace

std::vector<int32_t> Generate(GPTModel& model, std::vector<int32_t> ids,
                              const GenerateOptions& options, Generator& generator,
                              const OnToken& on_token) {
  if (ids.empty()) throw std::invalid_argument("Generate: nothing to continue");
  const NoGrad no_grad;
  const EvalMode eval(model);
  if (options.max_new_tokens <= 0) return ids;
  Writer writer(model, 0, std::move(ids));
  Sequence* const one[] = {&writer.sequence};
  const OnTokenOf report = [&](size_t, int32_t token) { return !on_token || on_token(token); };
  for (bool more = true; more;) {
    const Tensor logits = NextLogits(model, one);
    more = writer.Step(Row(logits, 0), options, generator, report);
  }
  return writer.sequence.ids();
}

std::vector<std::vector<int32_t>> GenerateBatch(GPTModel& model,
                                                std::vector<std::vector<int32_t>> prompts,
                                                const GenerateOptions& options, uint64_t seed,
                                                const OnTokenOf& on_token) {
  constexpr size_t kSideBySide = 8;
  for (const std::vector<int32_t>& ids : prompts) {
    if (ids.empty()) throw std::invalid_argument("GenerateBatch: nothing to continue");
  }
  const NoGrad no_grad;
  const EvalMode eval(model);
  std::vector<std::vector<int32_t>> texts = prompts;
  if (options.max_new_tokens <= 0) return texts;
  std::vector<std::pair<std::unique_ptr<Writer>, Generator>> active;
  for (size_t next = 0; next < prompts.size() || !active.empty();) {
    while (next < prompts.size() && active.size() < kSideBySide) {
      active.emplace_back(std::make_unique<Writer>(model, next, std::move(prompts[next])),
                          Generator(seed));
      ++next;
    }
    std::vector<Sequence*> sequences;
    for (auto& [writer, generator] : active) sequences.push_back(&writer->sequence);
    const Tensor logits = NextLogits(model, sequences);
    std::vector<std::pair<std::unique_ptr<Writer>, Generator>> going_on;
    for (size_t i = 0; i < active.size(); ++i) {
      auto& [writer, generator] = active[i];
      if (writer->Step(Row(logits, i), options, generator, on_token)) {
        going_on.push_back(std::move(active[i]));
      } else {
        texts[writer->prompt] = writer->sequence.ids();
      }
    }
    active = std::move(going_on);
  }
  return texts;
}

}  // namespace gokart
