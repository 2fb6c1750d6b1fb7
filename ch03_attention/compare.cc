#include "ch03_attention/compare.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch03_attention/make_attention.h"
#include "ch03_attention/measure_attention.h"
#include "tensor/buffer.h"
#include "tensor/kernels/ceilings.h"
#include "tensor/kernels/parallel.h"
#include "workshop/csv_file.h"
#include "workshop/human.h"
#include "workshop/interrupt.h"
#include "workshop/plot.h"
#include "workshop/progress.h"
#include "workshop/section.h"
#include "workshop/table.h"

namespace gokart {
namespace {

// The best of a few runs: after a first one, which takes memory and may be three times as slow, as
// many as fit into the time, but one at least.
double BestTime(AttentionWork& work, double seconds_to_spend) {
  constexpr int kMostRuns = 40;
  const double first = work.Run();
  double best = std::numeric_limits<double>::infinity(), spent = 0;
  for (int run = 0; run < kMostRuns; ++run) {
    const double seconds = work.Run();
    best = std::min(best, seconds);
    spent += seconds;
    if (spent + first > seconds_to_spend) break;
  }
  return best;
}

// A quarter of the heads, but two where those would be one: or it were multi-query attention.
int64_t Groups(int64_t heads) {
  return heads % 4 == 0 && heads > 4 ? heads / 4 : heads % 2 == 0 ? 2 : 1;
}

// of_ceiling is in GFLOP/s until the ceiling is known.
AttentionMeasurement Measure(const CompareOptions& options, const std::string& name,
                             int64_t tokens) {
  constexpr double kSeconds = 0.05;  // for each pass
  const AttentionProblem problem = {.attention = name,
                                    .config = {.d_in = options.emb_dim,
                                               .d_out = options.emb_dim,
                                               .num_heads = options.emb_dim / 64,
                                               .num_kv_groups = Groups(options.emb_dim / 64),
                                               .window = 256},
                                    .batch = 1,
                                    .tokens = tokens};
  AttentionMeasurement m = {.attention = name, .tokens = tokens};
  {
    AttentionWork forward(problem, AttentionPass::kForward);
    m.forward_seconds = BestTime(forward, kSeconds);
    m.cache_bytes = forward.cache_bytes();
  }
  {
    AttentionWork training(problem, AttentionPass::kTraining);
    m.training_seconds = BestTime(training, kSeconds);
    m.peak_bytes = training.peak_bytes();
    m.of_ceiling = 1e-9 * training.flops() / m.training_seconds;
  }
  AttentionWork decode(problem, AttentionPass::kDecode);
  m.decode_seconds = BestTime(decode, kSeconds);
  return m;
}

// The better of two measurements of the same.
void TakeBest(const AttentionMeasurement& other, AttentionMeasurement& m) {
  m.forward_seconds = std::min(m.forward_seconds, other.forward_seconds);
  m.training_seconds = std::min(m.training_seconds, other.training_seconds);
  m.decode_seconds = std::min(m.decode_seconds, other.decode_seconds);
  m.of_ceiling = std::max(m.of_ceiling, other.of_ceiling);
}

std::vector<int64_t> Lengths(const CompareOptions& options) {
  std::vector<int64_t> lengths;
  for (int64_t tokens = 64; tokens < options.max_tokens; tokens *= 2) lengths.push_back(tokens);
  lengths.push_back(options.max_tokens);
  return lengths;
}

std::vector<std::string> Names(const CompareOptions& options) {
  if (!options.attention.empty()) return options.attention;
  std::vector<std::string> names;
  for (const AttentionKind& kind : AttentionKinds()) names.push_back(kind.name);
  return names;
}

std::string Milliseconds(double seconds) { return absl::StrFormat("%.3g", 1e3 * seconds); }

absl::Status WriteCsv(const std::vector<AttentionMeasurement>& measurements,
                      const std::string& path) {
  absl::StatusOr<CsvFile> file =
      CsvFile::Create(path, {"attention", "tokens", "forward_ms", "forward_backward_ms",
                             "decode_ms", "of_ceiling", "peak_bytes", "cache_bytes"});
  if (!file.ok()) return file.status();
  for (const AttentionMeasurement& m : measurements) {
    const absl::Status status = file->AddRow(
        {m.attention, absl::StrCat(m.tokens), absl::StrFormat("%.6g", 1e3 * m.forward_seconds),
         absl::StrFormat("%.6g", 1e3 * m.training_seconds),
         absl::StrFormat("%.6g", 1e3 * m.decode_seconds), absl::StrFormat("%.4f", m.of_ceiling),
         absl::StrCat(m.peak_bytes), absl::StrFormat("%.0f", m.cache_bytes)});
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Whether it keeps something else of its tokens than all heads' keys and values.
bool HasOwnCache(const AttentionKind& kind) {
  const AttentionConfig config = {
      .d_in = 768, .d_out = 768, .context_length = 4096, .num_heads = 12};
  return MeanCosts(kind, config, 4096).cache_bytes !=
         MeanCosts(*FindAttention("fused"), config, 4096).cache_bytes;
}

// One line for each variant that `wanted` names, of what `value` takes from a measurement.
template <typename Wanted, typename Value>
std::vector<Series> Lines(const std::vector<AttentionMeasurement>& measurements,
                          const Wanted& wanted, const Value& value) {
  std::vector<Series> lines;
  for (const AttentionKind& kind : AttentionKinds()) {
    if (!wanted(kind)) continue;
    Series line = {.label = kind.name};
    for (const AttentionMeasurement& m : measurements) {
      if (m.attention != kind.name) continue;
      line.x.push_back(static_cast<double>(m.tokens));
      line.y.push_back(value(m));
    }
    if (!line.x.empty()) lines.push_back(line);
  }
  return lines;
}

absl::Status SaveCharts(const std::vector<AttentionMeasurement>& measurements,
                        const std::string& folder) {
  for (const NamedChart& named : ComparisonCharts(measurements)) {
    const absl::Status status = SavePlot(named.chart, folder + "/" + named.name);
    if (absl::IsUnavailable(status)) {
      PrintProse(absl::StrCat("\nNo picture files: ", status.message()));
      return absl::OkStatus();
    }
    if (!status.ok()) return status;
  }
  PrintProse(absl::StrCat("\nEvery figure is in ", folder,
                          "/compare.csv; pictures beside it, as .svg and .png:"));
  for (const NamedChart& named : ComparisonCharts(measurements)) {
    PrintBlock(absl::StrCat(folder, "/", named.name));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<AttentionMeasurement>> MeasureAttentions(const CompareOptions& options) {
  const std::vector<std::string> names = Names(options);
  const std::vector<int64_t> lengths = Lengths(options);
  // All of them once, and then all again: where others use the machine too, a bad moment is long
  // enough to spoil every run of one variant, but hardly the same variant's twice.
  constexpr int kRounds = 2;
  // The longest take the most by far; the line shows what is done of all tokens.
  int64_t total = 0, done = 0;
  for (const int64_t tokens : lengths) {
    total += kRounds * tokens * static_cast<int64_t>(names.size());
  }
  double ceiling = 0;
  const InterruptGuard interrupt;
  Progress progress("compare", total, {.unit = "tokens"});
  std::vector<AttentionMeasurement> measurements;
  for (int round = 0; round < kRounds; ++round) {
    ceiling = std::max(ceiling, kernels::MatMulCeiling(kernels::NumThreads()));
    size_t at = 0;
    for (const std::string& name : names) {
      for (const int64_t tokens : lengths) {
        if (interrupt.Requested()) {
          progress.Abandon();
          return absl::CancelledError("stopped before all variants were measured");
        }
        progress.Update(done, absl::StrFormat("%s, %d tokens", name, tokens));
        const AttentionMeasurement measured = Measure(options, name, tokens);
        if (round == 0) {
          measurements.push_back(measured);
        } else {
          TakeBest(measured, measurements[at++]);
        }
        done += tokens;
      }
      ReleasePoolCache();  // what one variant needed is in nobody's way
    }
  }
  for (AttentionMeasurement& m : measurements) m.of_ceiling /= ceiling;
  progress.Update(done);
  progress.Finish();
  return measurements;
}

std::string RankedTable(const std::vector<AttentionMeasurement>& measurements) {
  int64_t longest = 0;
  for (const AttentionMeasurement& m : measurements) longest = std::max(longest, m.tokens);
  std::vector<AttentionMeasurement> ranked;
  for (const AttentionMeasurement& m : measurements) {
    if (m.tokens == longest) ranked.push_back(m);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return a.training_seconds < b.training_seconds;
  });
  Table table({"", "attention", "forward ms", "with backward ms", "of ceiling", "memory",
               "decode ms", "cache", ""});
  for (size_t i = 0; i < ranked.size(); ++i) {
    const AttentionMeasurement& m = ranked[i];
    const AttentionKind* const kind = FindAttention(m.attention);
    table.AddRow({absl::StrCat(i + 1), m.attention, Milliseconds(m.forward_seconds),
                  Milliseconds(m.training_seconds), absl::StrFormat("%.2f", m.of_ceiling),
                  FormatBytes(static_cast<double>(m.peak_bytes)), Milliseconds(m.decode_seconds),
                  FormatBytes(m.cache_bytes), kind == nullptr ? "" : kind->summary});
  }
  return table.ToText();
}

std::vector<NamedChart> ComparisonCharts(const std::vector<AttentionMeasurement>& measurements) {
  const auto same = [](const AttentionKind& kind) { return kind.same_function; };
  const auto less_cache = [](const AttentionKind& kind) {
    return kind.name == "fused" || HasOwnCache(kind);
  };
  const auto scores = [](const AttentionKind& kind) {
    return kind.name == "fused" || !(kind.same_function || HasOwnCache(kind));
  };
  const auto time = [](const AttentionMeasurement& m) { return 1e3 * m.training_seconds; };
  const auto memory = [](const AttentionMeasurement& m) { return 1e-6 * m.peak_bytes; };
  const auto cache = [](const AttentionMeasurement& m) { return 1e-6 * m.cache_bytes; };
  const auto decode = [](const AttentionMeasurement& m) { return 1e3 * m.decode_seconds; };
  const auto chart = [&](const std::string& title, const std::string& y_label, const auto& wanted,
                         const auto& value) {
    return LineChart{.title = title,
                     .x_label = "Tokens",
                     .y_label = y_label,
                     .series = Lines(measurements, wanted, value),
                     .log_x = true,
                     .log_y = true};
  };
  const std::string ms = "Milliseconds", mb = "MB";
  std::vector<NamedChart> charts = {
      {"time_same", chart("Forward and backward: the same function", ms, same, time)},
      {"time_less_cache", chart("Forward and backward: less cache", ms, less_cache, time)},
      {"time_scores", chart("Forward and backward: other scores", ms, scores, time)},
      {"memory_same", chart("Peak memory of training: the same function", mb, same, memory)},
      {"memory_less_cache", chart("Peak memory of training: less cache", mb, less_cache, memory)},
      {"memory_scores", chart("Peak memory of training: other scores", mb, scores, memory)},
      {"cache", chart("Cache of one sequence in one layer", mb, less_cache, cache)},
      {"decode", chart("One token with a cache", ms, less_cache, decode)},
  };
  std::erase_if(charts, [](const NamedChart& named) { return named.chart.series.empty(); });
  return charts;
}

absl::Status CompareAttention(const CompareOptions& options) {
  const auto measurements = MeasureAttentions(options);
  if (!measurements.ok()) return measurements.status();
  PrintProse(absl::StrFormat(
      "One sequence of %d tokens, %d wide with %d heads, on %d threads; the fastest first. Of the "
      "ceiling: operations that the formula needs, forward and backward, against the best plain "
      "matrix product of this machine. Memory: at the peak, besides weights and input. Decode: one "
      "more token, with all before it in a cache.\n\n",
      options.max_tokens, options.emb_dim, options.emb_dim / 64, kernels::NumThreads()));
  PrintBlock(RankedTable(*measurements));
  if (options.folder.empty()) return absl::OkStatus();
  const absl::Status status = WriteCsv(*measurements, options.folder + "/compare.csv");
  return status.ok() ? SaveCharts(*measurements, options.folder) : status;
}

}  // namespace gokart
