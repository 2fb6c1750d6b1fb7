#include "ch04_model/model_summary.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "workshop/human.h"

namespace gokart {
namespace {

constexpr double kBytes = 4;  // of a float32

// Floats that the attention of one block keeps for each token, besides its input: queries, keys and
// values, and the heads' outputs side by side. The fused operation adds one number per head, from
// which it computes the attention weights again; the didactic one keeps them all, and once more as
// dropout leaves them.
double AttentionFloats(const GptConfig& config, int64_t num_tokens) {
  const double c = config.emb_dim, h = config.n_heads;
  const double per_head = config.attention == "fused" ? 1
                          : config.AttnDropRate() > 0 ? 2.0 * num_tokens
                                                      : num_tokens;
  return 4 * c + h * per_head;
}

// Of one block: each normalisation its input, its output, mean and deviation; attention; and the
// feed-forward network its hidden layer before and after GELU.
double BlockFloats(const GptConfig& config, int64_t num_tokens) {
  const double c = config.emb_dim;
  return 2 * (2 * c + 2) + AttentionFloats(config, num_tokens) + 2 * (4 * c);
}

}  // namespace

std::vector<ModelPart> ModelParts(const GptConfig& config, int64_t num_tokens) {
  const int64_t v = config.vocab_size, c = config.emb_dim, l = config.n_layers;
  const int64_t qkv = 3 * c * c, out = c * c, ff = 4 * c * c + 4 * c * c;
  // A token looks at (T + 1) / 2 tokens on average: as many products of a query with a key, and as
  // many sums of values, each of C multiply-adds over all heads.
  const double looks = (static_cast<double>(num_tokens) + 1) / 2;
  return {
      {"token embedding", v * c, 0},
      {"position embedding", config.context_length * c, 0},
      {"layer norm 1", l * 2 * c, 0},
      {"query, key, value", l * (qkv + (config.qkv_bias ? 3 * c : 0)), double(l * qkv)},
      {"attention", 0, 2 * looks * static_cast<double>(c) * static_cast<double>(l)},
      {"attention output", l * (out + c), double(l * out)},
      {"layer norm 2", l * 2 * c, 0},
      {"feed-forward", l * (ff + 4 * c + c), double(l * ff)},
      {"final layer norm", 2 * c, 0},
      {"output head", config.tie_weights ? 0 : v * c, double(v * c)},
  };
}

int64_t NumParameters(const GptConfig& config) {
  int64_t sum = 0;
  for (const ModelPart& part : ModelParts(config, 1)) sum += part.parameters;
  return sum;
}

int64_t LinearMacsPerToken(const GptConfig& config) {
  const int64_t c = config.emb_dim;
  return config.n_layers * 12 * c * c + config.vocab_size * c;
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
      kBytes * tokens * (config.n_layers * BlockFloats(config, num_tokens) + final_norm);
  memory.logits = kBytes * tokens * v;
  return memory;
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
