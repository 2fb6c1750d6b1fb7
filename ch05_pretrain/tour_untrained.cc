// Sections 5.1.1 and 5.1.2 of the tour.
#include <cmath>
#include <cstdio>
#include <memory>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "ch02_data/load_tokenizer.h"
#include "ch04_model/gpt_config.h"
#include "ch04_model/gpt_model.h"
#include "ch05_pretrain/generate.h"
#include "ch05_pretrain/loss.h"
#include "ch05_pretrain/tour_sections.h"
#include "tensor/ops/cross_entropy.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/softmax.h"
#include "tensor/random.h"
#include "workshop/section.h"
#include "workshop/table.h"

namespace gokart {
namespace {

// Two inputs and, one token later, their targets.
const TokenIds& Inputs() {
  static const auto* ids = new TokenIds{{16833, 3626, 6100}, {40, 1107, 588}};
  return *ids;
}
const TokenIds& Targets() {
  static const auto* ids = new TokenIds{{3626, 6100, 345}, {1107, 588, 11311}};
  return *ids;
}

void ShowGeneration(GPTModel& model, const Tokenizer& tokenizer) {
  PrintSection("5.1.1", "Text from a model that has learned nothing");
  const std::vector<int32_t> prompt = *tokenizer.Encode("Every effort moves you");
  const std::vector<int32_t> ids =
      Generate(model, prompt, {.max_new_tokens = 10}, GlobalGenerator());
  PrintProse(
      "GPT-2's smallest model, 163,009,536 random numbers, continues \"Every effort moves you\" "
      "with ten tokens, always the likeliest:");
  PrintBlock(tokenizer.Decode(ids));
}

void ShowLoss(GPTModel& model, const Tokenizer& tokenizer) {
  PrintSection("5.1.2", "How wrong is it? Cross entropy and perplexity");
  PrintProse(
      "At every position the model gives each of its 50,257 tokens a probability. Good would be a "
      "large one for the token that really comes next, the target:");
  NoGrad no_grad;
  const Tensor logits = model.Forward(Inputs());                               // [2, 3, V]
  const Tensor log_p = ops::Gather(ops::LogSoftmax(logits), Flat(Targets()));  // [2, 3]
  Table table({"after", "target", "probability", "logarithm"});
  for (int64_t i = 0; i < log_p.size(); ++i) {
    const int32_t in = Inputs().data()[i], target = Targets().data()[i];
    table.AddRow({"\"" + tokenizer.Decode({in}) + "\"", "\"" + tokenizer.Decode({target}) + "\"",
                  absl::StrFormat("%.4e", std::exp(log_p.data()[i])),
                  absl::StrFormat("%.4f", log_p.data()[i])});
  }
  PrintBlock(table.ToText());
  const double loss = ops::CrossEntropy(logits, Flat(Targets())).item();
  PrintProse(absl::StrFormat(
      "The loss is the mean of these logarithms with the sign changed: %.4f nats. Knowing nothing "
      "costs ln "
      "50,257 = %.4f; confident ignorance costs more. e to the loss is the perplexity: the model "
      "is "
      "as unsure as if it chose among %.2f tokens. (The workshop's notebook prints 10.7940 and "
      "48725.82.)",
      loss, std::log(50257.0), Perplexity(loss)));
}

}  // namespace

absl::Status ShowUntrainedModel(const TourOptions& options) {
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = LoadTokenizer("gpt2");
  if (!tokenizer.ok()) return tokenizer.status();
  GptConfig config = *FindGptConfig("gpt2-small");
  config.context_length = 256;
  ManualSeed(options.seed);
  GPTModel model(config);
  EvalMode eval(model);
  ShowGeneration(model, **tokenizer);
  ShowLoss(model, **tokenizer);
  return absl::OkStatus();
}

}  // namespace gokart
