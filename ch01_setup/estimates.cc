#include "ch01_setup/estimates.h"

namespace gokart {

int64_t NumParameters(const GptSize& size, bool tied) {
  const int64_t V = size.vocab_size, C = size.emb_dim, L = size.num_layers;
  const int64_t attention = 4 * C * C + 4 * C;     // queries, keys, values, projection
  const int64_t feed_forward = 8 * C * C + 5 * C;  // up to 4C and back
  const int64_t norms = 4 * C;                     // two, scale and shift each
  const int64_t embeddings = V * C + size.context_length * C;
  const int64_t final_norm = 2 * C;
  return embeddings + L * (attention + feed_forward + norms) + final_norm + (tied ? 0 : V * C);
}

double TrainingFlopsPerToken(const GptSize& size, int64_t T) {
  const double V = size.vocab_size, C = size.emb_dim, L = size.num_layers;
  const double linear =
      2 * (12 * C * C * L + C * V);  // a multiplication and an addition per weight
  const double attention = 2 * 2 * C * (T + 1) / 2.0 * L;  // scores and weighted sums
  return 3 * (linear + attention);
}

double TrainingStepSeconds(const GptSize& size, int64_t B, int64_t T, const Ceilings& ceilings) {
  const double flops = static_cast<double>(B * T) * TrainingFlopsPerToken(size, T);
  const double adamw_bytes =
      7.0 * sizeof(float) * static_cast<double>(NumParameters(size, /*tied=*/false));
  return flops / (kTrainingShare * ceilings.matmul_gflops * 1e9) +
         adamw_bytes / (ceilings.read_gb_per_second * 1e9);
}

double DecodeSeconds(const GptSize& size, double bytes_per_weight, const Ceilings& ceilings) {
  const double bytes = bytes_per_weight * static_cast<double>(NumParameters(size, /*tied=*/true));
  return bytes / (ceilings.read_gb_per_second * 1e9);
}

}  // namespace gokart
