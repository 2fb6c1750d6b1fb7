#include "ch04_model/llama/llama_report.h"

#include <algorithm>
#include <numbers>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch04_model/llama/gpt_to_llama.h"
#include "ch04_model/llama/llama_config.h"
#include "ch04_model/llama/llama_model.h"
#include "ch04_model/llama/rope_frequencies.h"
#include "tensor/nn/adamw.h"
#include "tensor/ops/cross_entropy.h"
#include "workshop/human.h"
#include "workshop/table.h"

namespace gokart {
namespace {

constexpr double kBfloat16 = 2;  // bytes

std::string Change(int64_t before, int64_t after) {
  if (before == after) return "";
  return absl::StrCat(after > before ? "+" : "-",
                      FormatCount(after > before ? after - before : before - after));
}

// Tokens in which pair `i` of 64 turns around once.
std::string Wavelength(size_t i, double base, const std::optional<RopeScaling>& scaling = {}) {
  const double tokens = 2 * std::numbers::pi / RopeFrequencies(128, base, scaling)[i];
  return tokens < 100 ? absl::StrFormat("%.1f", tokens)
                      : FormatCount(static_cast<int64_t>(tokens + 0.5));
}

// Its characters as token ids: all but the last one, or all but the first.
TokenIds Characters(const std::string& text) {
  TokenIds ids = TokenIds::from_shape({1, text.size()});
  std::copy(text.begin(), text.end(), ids.begin());
  return ids;
}

// `start` and what the model thinks most likely to follow, up to `length` characters.
std::string Write(const LlamaModel& model, const std::string& start, size_t length,
                  int64_t& cache_bytes) {
  KeyValueCache cache = model.MakeCache(static_cast<int64_t>(length));
  KeyValueCache* const caches[] = {&cache};
  std::string text = start;
  Tensor logits = model.ForwardCached(Characters(text), caches);
  while (text.size() < length) {
    const float* const scores = logits.data();
    text += static_cast<char>(std::max_element(scores, scores + logits.size()) - scores);
    logits = model.ForwardCached(Characters(text.substr(text.size() - 1)), caches);
  }
  cache_bytes = cache.bytes();
  return text;
}

}  // namespace

std::string StepsTable(int64_t num_tokens) {
  Table table({"change", "parameters", "difference", "MACs per token", "cache", "this is"});
  int64_t before = NumParameters(GptToLlama().front().sizes);
  for (const ConversionStep& step : GptToLlama()) {
    const int64_t parameters = NumParameters(step.sizes);
    table.AddRow({step.change, FormatCount(parameters), Change(before, parameters),
                  FormatCount(LinearMacsPerToken(step.sizes)),
                  FormatBytes(static_cast<double>(CacheBytes(step.sizes, num_tokens))),
                  step.model});
    before = parameters;
  }
  return table.ToText();
}

std::string NamedLlamasTable() {
  Table table({"model", "published", "vocabulary", "context", "width", "heads", "blocks", "hidden",
               "RoPE's base", "scaled", "parameters", "weights", "cache"});
  for (const auto& [name, published, c] : NamedLlamaConfigs()) {
    table.AddRow({name, published, FormatCount(c.vocab_size), FormatCount(c.context_length),
                  FormatCount(c.emb_dim), absl::StrCat(c.n_heads, "/", c.n_kv_groups),
                  absl::StrCat(c.n_layers), FormatCount(c.hidden_dim),
                  FormatCount(static_cast<int64_t>(c.rope_base)),
                  c.rope_scaling ? absl::StrCat(c.rope_scaling->factor) : "-",
                  FormatCount(NumParameters(c)),
                  FormatBytes(kBfloat16 * static_cast<double>(NumParameters(c))),
                  FormatBytes(static_cast<double>(CacheBytes(SizesOf(c), c.context_length)))});
  }
  return table.ToText();
}

std::string WavelengthTable() {
  Table table({"pair", "Llama 2", "Llama 3", "Llama 3.1", "Llama 3.2"});
  for (const size_t i : {0, 8, 16, 24, 28, 29, 30, 32, 34, 35, 40, 48, 56, 63}) {
    table.AddRow({absl::StrCat(i), Wavelength(i, 10000), Wavelength(i, 500000),
                  Wavelength(i, 500000, RopeScaling{.factor = 8}),
                  Wavelength(i, 500000, RopeScaling{.factor = 32})});
  }
  return table.ToText();
}

MicroLlama TrainMicroLlama() {
  MicroLlama micro = {
      .steps = 60,
      .sentence = "A llama has four legs, a gokart has four wheels, and both take you uphill.\n",
      .start = "A llama has"};
  LlamaModel model({.vocab_size = 128,
                    .context_length = 128,
                    .emb_dim = 64,
                    .n_heads = 8,
                    .n_kv_groups = 2,
                    .n_layers = 2,
                    .hidden_dim = 192,
                    .rope_base = 500000});
  micro.parameters = model.NumParameters();
  AdamW optimizer(model.NamedParameters(), {.learning_rate = 5e-3});
  const size_t n = micro.sentence.size();
  const TokenIds inputs = Characters(micro.sentence.substr(0, n - 1));
  const std::vector<int32_t> targets(micro.sentence.begin() + 1, micro.sentence.end());
  for (int step = 0; step < micro.steps; ++step) {
    model.ClearGrad();
    const Tensor loss = ops::CrossEntropy(model.Forward(inputs), targets);
    micro.last_loss = loss.data()[0];
    if (step == 0) micro.first_loss = micro.last_loss;
    loss.Backward();
    optimizer.Step();
  }
  micro.written = Write(model, micro.start, n, micro.cache_bytes);
  return micro;
}

std::string MicroLlamaText(const MicroLlama& m) {
  return absl::StrFormat(
      "2 blocks of width 64, 8 heads that share 2 of keys and values: %s parameters.\n"
      "Loss on one sentence: %.2f, and after %d steps %.3f.\n"
      "Given \"%s\", it writes:\n  %s"
      "Its cache of these %d characters takes %s; with 8 heads of keys and values it would be\n"
      "four times as much.\n",
      FormatCount(m.parameters), m.first_loss, m.steps, m.last_loss, m.start, m.written,
      m.written.size(), FormatBytes(static_cast<double>(m.cache_bytes)));
}

}  // namespace gokart
