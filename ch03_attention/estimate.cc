#include "ch03_attention/estimate.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch03_attention/make_attention.h"
#include "ch03_attention/variants/attention_costs.h"
#include "ch03_attention/variants/sliding_window_attention.h"
#include "workshop/table.h"

namespace gokart {
namespace {

AttentionConfig LayerOf(const CacheModel& m) {
  const int64_t head_dim = (m.emb_dim + m.n_heads - 1) / m.n_heads;
  return {.d_in = m.emb_dim,
          .d_out = m.n_heads * head_dim,
          .context_length = m.context_length,
          .num_heads = m.n_heads,
          .latent_dim = m.latent_dim};
}

// Of one layer, for all sequences; costs are in float32.
double Bytes(const CacheModel& m, const AttentionCosts& costs) {
  return costs.cache_bytes * m.bytes_per_value / 4 * static_cast<double>(m.batch_size);
}

double SoftmaxBytes(const CacheModel& m, const SoftmaxAttentionKind& kind) {
  return Bytes(m, CountSoftmaxAttention(LayerOf(m), m.context_length, kind));
}

double BytesOf(const CacheModel& m, const char* kind) {
  return Bytes(m, FindAttention(kind)->costs(LayerOf(m), m.context_length));
}

}  // namespace

int64_t CountSliding(int64_t n_layers, int64_t per_full) {
  int64_t count = 0;
  for (int64_t layer = 0; layer < n_layers; ++layer) count += IsSlidingLayer(layer, per_full);
  return count;
}

std::vector<CacheEstimate> EstimateCaches(const CacheModel& m) {
  const double layers = static_cast<double>(m.n_layers);
  const double sliding = static_cast<double>(CountSliding(m.n_layers, m.sliding_per_full));
  const double delta = static_cast<double>(CountSliding(m.n_layers, m.delta_per_full));
  const int64_t kv_heads = m.n_heads / m.group_size;
  const double full = SoftmaxBytes(m, {}), gqa = SoftmaxBytes(m, {.kv_heads = kv_heads});
  const auto with_windows = [&](int64_t heads, double in_full_layers) {
    return sliding * SoftmaxBytes(m, {.kv_heads = heads, .window = m.window}) +
           (layers - sliding) * in_full_layers;
  };
  const double memory = BytesOf(m, "deltanet");
  const std::string mix = absl::StrFormat("%d:1", m.sliding_per_full);
  return {
      {"multi-head (MHA)", layers * full},
      {absl::StrFormat("grouped-query (GQA), %d heads of keys and values", kv_heads), layers * gqa},
      {absl::StrFormat("multi-head latent (MLA), %d numbers", m.latent_dim),
       layers * BytesOf(m, "mla")},
      {absl::StrFormat("MHA with a window of %d, %s", m.window, mix),
       with_windows(m.n_heads, full)},
      {absl::StrFormat("GQA with a window of %d, %s", m.window, mix), with_windows(kv_heads, gqa)},
      {"gated DeltaNet", layers * memory},
      {absl::StrFormat("gated DeltaNet with MHA, %d:1", m.delta_per_full),
       delta * memory + (layers - delta) * full},
  };
}

absl::Status CheckCacheModel(const CacheModel& m) {
  constexpr int64_t kMost = 1 << 30;
  for (const auto& [name, value] : {std::pair<const char*, int64_t>{"batch_size", m.batch_size},
                                    {"context_length", m.context_length},
                                    {"emb_dim", m.emb_dim},
                                    {"n_heads", m.n_heads},
                                    {"n_layers", m.n_layers},
                                    {"group_size", m.group_size},
                                    {"latent_dim", m.latent_dim},
                                    {"window", m.window}}) {
    const int64_t most = std::string(name) == "n_layers" || std::string(name) == "n_heads" ||
                                 std::string(name) == "emb_dim"
                             ? 1 << 20
                             : kMost;
    if (value >= 1 && value <= most) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is ", value, ", must be between 1 and ", most));
  }
  if (m.n_heads % m.group_size != 0) {
    return absl::InvalidArgumentError(absl::StrCat("group_size is ", m.group_size,
                                                   ", which does not divide n_heads ", m.n_heads));
  }
  if (m.sliding_per_full < 0 || m.delta_per_full < 0 || !(m.bytes_per_value > 0)) {
    return absl::InvalidArgumentError(
        "sliding_per_full and delta_per_full must be at least 0, bytes_per_value above 0");
  }
  return absl::OkStatus();
}

std::string EstimateTable(const CacheModel& m) {
  Table table({"attention", "cache", "less by"});
  const std::vector<CacheEstimate> estimates = EstimateCaches(m);
  for (const CacheEstimate& estimate : estimates) {
    table.AddRow({estimate.name, absl::StrFormat("%.2f GB", estimate.bytes / 1e9),
                  absl::StrFormat("%.2fx", estimates[0].bytes / estimate.bytes)});
  }
  return table.ToText();
}

}  // namespace gokart
