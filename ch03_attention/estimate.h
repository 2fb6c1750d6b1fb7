// The subcommand `estimate`: the memory of key/value caches in models of real size (the workshop's
// estimators of ch04/04 to ch04/08), by the formulas of attention_costs.h.
//
//   CacheModel model = {.emb_dim = 4096, .n_heads = 32, .n_layers = 32, .context_length = 32768};
//   CacheEstimate("GQA", ...)
#ifndef GOKART_CH03_ATTENTION_ESTIMATE_H_
#define GOKART_CH03_ATTENTION_ESTIMATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace gokart {

/// A model, and what its alternatives would be made with. The defaults are the workshop's.
struct CacheModel {
  int64_t batch_size = 1;
  int64_t context_length = 32768;
  int64_t emb_dim = 4096;
  int64_t n_heads = 32;  ///< of emb_dim / n_heads channels, rounded up
  int64_t n_layers = 32;
  double bytes_per_value = 2;  ///< 4 float32, 2 bfloat16, 1 float8
  int64_t group_size = 4;      ///< heads that share a head of keys and values
  int64_t latent_dim = 1024;
  int64_t window = 1024;
  int64_t sliding_per_full = 5;  ///< sliding layers before each full one
  int64_t delta_per_full = 3;    ///< DeltaNet layers before each full one
};

struct CacheEstimate {
  std::string name;
  double bytes = 0;
};

/// Full attention, grouped queries, latent vectors, windows with full layers between, both of the
/// first two with windows, DeltaNet, and DeltaNet with full layers between.
std::vector<CacheEstimate> EstimateCaches(const CacheModel& model);

/// How many of a model's layers slide (or are DeltaNets) where `per_full` come before each full
/// one.
int64_t CountSliding(int64_t n_layers, int64_t per_full);

/// An error unless all sizes are positive and small enough that nothing overflows, and group_size
/// divides n_heads.
absl::Status CheckCacheModel(const CacheModel& model);

/// The estimates as a table: gigabytes, and how many times less than full attention.
std::string EstimateTable(const CacheModel& model);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_ESTIMATE_H_
