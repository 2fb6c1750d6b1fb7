#include "ch04_model/model_summary.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ch03_attention/make_attention.h"
#include "workshop/human.h"

namespace gokart {
namespace {

constexpr double kBytes = 4;  // of a float32

// The costs of all layers' attention together, for one sequence.
AttentionCosts CountAttention(const GptConfig& config, int64_t num_tokens) {
  const AttentionKind& kind = *FindAttention(config.attention);
  AttentionCosts sum;
  for (int64_t layer = 0; layer < config.n_layers; ++layer) {
    const AttentionCosts one = kind.costs(LayerAttention(config, layer), num_tokens);
    sum.parameters += one.parameters;
    sum.projection_flops += one.projection_flops;
    sum.attention_flops += one.attention_flops;
    sum.cache_bytes += one.cache_bytes;
    sum.training_bytes += one.training_bytes;
  }
  return sum;
}

// Of one block without its attention, for each token: each normalisation its input, its output,
// mean and deviation; and the feed-forward network its hidden layer before and after GELU.
double OtherBlockFloats(const GptConfig& config) {
  const double c = static_cast<double>(config.emb_dim);
  return 2 * (2 * c + 2) + 2 * (4 * c);
}

}  // namespace

std::vector<ModelPart> ModelParts(const GptConfig& config, int64_t num_tokens) {
  const int64_t v = config.vocab_size, c = config.emb_dim, l = config.n_layers;
  const int64_t out = c * c, ff = 4 * c * c + 4 * c * c;
  const AttentionCosts attention = CountAttention(config, num_tokens);
  // The output projection, C^2 + C in every kind, is listed by itself.
  const double tokens = static_cast<double>(num_tokens);
  const double projections = attention.projection_flops / 2 / tokens - double(l * out);
  return {
      {"token embedding", v * c, 0},
      {"position embedding", LearnsPositions(config) ? config.context_length * c : 0, 0},
      {"layer norm 1", l * 2 * c, 0},
      {"query, key, value", attention.parameters - l * (out + c), projections},
      {"attention", 0, attention.attention_flops / 2 / tokens},
      {"attention output", l * (out + c), double(l * out)},
      {"layer norm 2", l * 2 * c, 0},
      {"feed-forward", l * (ff + 4 * c + c), double(l * ff)},
      {"final layer norm", 2 * c, 0},
      {"output head", config.tie_weights ? 0 : v * c, double(v * c)},
  };
}

int64_t NumParameters(const GptConfig& config) {
  // [exercise 4.9] How many parameters a model has
  // Task: Count the parameters of a model with this configuration, without making it (the
  //       workshop's exercises 4.1 and 4.2).
  // Hint: The tables of tokens and positions, the blocks, the final normalisation, and the head
  //       unless it is tied. ModelParts lists them with their sizes.
  // Hint: By hand, for plain multi-head attention: a block has 4 C^2 + C in its attention (3 C more
  //       with qkv_bias), 8 C^2 + 5 C in its feed-forward network, 2 C in each normalisation.
  // Test: //ch04_model:model_summary_test ParameterCounts.*
  // Read: ch04_model/README.md, "What a model costs"

  int64_t sum = 0;
  for (const ModelPart& part : ModelParts(config, 1)) sum += part.parameters;
  return sum;
  // [end of exercise 4.9]
}

int64_t LinearMacsPerToken(const GptConfig& config) {
  const int64_t c = config.emb_dim;
  const double projections = CountAttention(config, 1).projection_flops / 2;
  return static_cast<int64_t>(projections) + config.n_layers * 8 * c * c + config.vocab_size * c;
}

double ForwardFlopsPerToken(const GptConfig& config, int64_t num_tokens) {
  double macs = 0;
  for (const ModelPart& part : ModelParts(config, num_tokens)) macs += part.macs_per_token;
  return 2 * macs;
}

double TrainingFlopsPerToken(const GptConfig& config, int64_t num_tokens) {
  return 3 * ForwardFlopsPerToken(config, num_tokens);
}

double TrainingMemory::Peak() const {
  const double logits_gradient = logits;
  return weights + moments + std::max(activations + logits + logits_gradient, gradients);
}

TrainingMemory EstimateTrainingMemory(const GptConfig& config, int64_t batch_size,
                                      int64_t num_tokens) {
  const double tokens = static_cast<double>(batch_size) * static_cast<double>(num_tokens);
  const double c = config.emb_dim, v = config.vocab_size;
  const double final_norm = 2 * c + 2;  // its input, its output, mean and deviation
  TrainingMemory memory;
  memory.weights = memory.gradients = kBytes * static_cast<double>(NumParameters(config));
  memory.moments = 2 * memory.weights;
  memory.activations =
      kBytes * tokens *
          (static_cast<double>(config.n_layers) * OtherBlockFloats(config) + final_norm) +
      static_cast<double>(batch_size) * CountAttention(config, num_tokens).training_bytes;
  memory.logits = kBytes * tokens * v;
  return memory;
}

double CacheBytes(const GptConfig& config, int64_t num_tokens) {
  return CountAttention(config, num_tokens).cache_bytes;
}

absl::Status CheckMemory(const std::string& what, double needed, double available) {
  if (needed <= available) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(what, " needs about ", FormatBytes(needed),
                                                   " of memory, and this machine has ",
                                                   FormatBytes(available)));
}

double MachineMemory() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace gokart
