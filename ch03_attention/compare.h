// The subcommand `compare`: all attention variants side by side on this machine, over the length of
// the sequence: time, memory, cache.
//
//   absl::Status status = CompareAttention({.folder = "runs/attention-1"});
#ifndef GOKART_CH03_ATTENTION_COMPARE_H_
#define GOKART_CH03_ATTENTION_COMPARE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "workshop/chart.h"

namespace gokart {

struct CompareOptions {
  int64_t emb_dim = 256;  ///< heads have 64 channels
  int64_t max_tokens = 4096;
  std::vector<std::string> attention = {};  ///< names; empty: all there are
  std::string folder;                       ///< for compare.csv and the pictures
};

/// What one variant takes for one sequence of `tokens`.
struct AttentionMeasurement {
  std::string attention;
  int64_t tokens = 0;
  double forward_seconds = 0, training_seconds = 0, decode_seconds = 0;  ///< the best of some runs
  double of_ceiling = 0;   ///< share of the best matrix product, forward and backward
  int64_t peak_bytes = 0;  ///< of forward and backward
  double cache_bytes = 0;  ///< of all tokens
};

/// Measures each variant at 64, 128, 256, ... tokens up to options.max_tokens. Returns
/// absl::CancelledError on Ctrl-C.
absl::StatusOr<std::vector<AttentionMeasurement>> MeasureAttentions(const CompareOptions& options);

/// The variants at the greatest length, the fastest first, as a table.
std::string RankedTable(const std::vector<AttentionMeasurement>& measurements);

struct NamedChart {
  std::string name;  ///< of the file
  LineChart chart;
};
/// Time, memory and cache over the number of tokens, all axes logarithmic: those that compute the
/// chapter's own function, and beside the fused one those that save cache and those with other
/// scores.
std::vector<NamedChart> ComparisonCharts(const std::vector<AttentionMeasurement>& measurements);

/// Measures with a progress line, prints the table, writes the files.
absl::Status CompareAttention(const CompareOptions& options);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_COMPARE_H_
