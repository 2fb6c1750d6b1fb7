#include "ch04_model/summary_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch03_attention/make_attention.h"
#include "ch04_model/model_summary.h"
#include "workshop/human.h"
#include "workshop/table.h"

namespace gokart {
namespace {

std::string Percent(double part, double whole) {
  return absl::StrFormat("%.1f%%", whole > 0 ? 100 * part / whole : 0);
}

// The workshop counts 1 MB as 1024 * 1024 bytes.
std::string Mebibytes(double bytes) { return absl::StrFormat("%.2f", bytes / (1 << 20)); }

GptConfig WithTying(const GptConfig& config, bool tied) {
  GptConfig changed = config;
  changed.tie_weights = tied;
  return changed;
}

double WeightBytes(const GptConfig& config) { return EstimateTrainingMemory(config, 0, 1).weights; }

std::string Title(const std::string& name, const GptConfig& config) {
  return absl::StrFormat(
      "%s: %d blocks of width %d with %d heads of %d, a vocabulary of %s tokens, a context of %s\n",
      name, config.n_layers, config.emb_dim, config.n_heads, config.emb_dim / config.n_heads,
      FormatCount(config.vocab_size), FormatCount(config.context_length));
}

}  // namespace

std::string PartsTable(const GptConfig& config, int64_t num_tokens) {
  const double total_parameters = static_cast<double>(NumParameters(config));
  const double total_macs = ForwardFlopsPerToken(config, num_tokens) / 2;
  Table table({"part", "parameters", "share", "multiply-adds per token", "share"});
  for (const ModelPart& part : ModelParts(config, num_tokens)) {
    table.AddRow({part.name, FormatCount(part.parameters),
                  Percent(static_cast<double>(part.parameters), total_parameters),
                  FormatCount(static_cast<int64_t>(part.macs_per_token)),
                  Percent(part.macs_per_token, total_macs)});
  }
  table.AddRow({"all", FormatCount(NumParameters(config)), "100.0%",
                FormatCount(static_cast<int64_t>(total_macs)), "100.0%"});
  return table.ToText();
}

std::string TyingTable(const GptConfig& config, int64_t num_tokens) {
  const GptConfig untied = WithTying(config, false), tied = WithTying(config, true);
  Table table({"", "head of its own", "tied weights"});
  const auto add = [&](const std::string& name, const auto& value) {
    table.AddRow({name, value(untied), value(tied)});
  };
  add("parameters", [](const GptConfig& c) { return FormatCount(NumParameters(c)); });
  add("bytes in float32", [](const GptConfig& c) { return FormatBytes(WeightBytes(c)); });
  add("  in units of 1024 * 1024", [](const GptConfig& c) { return Mebibytes(WeightBytes(c)); });
  add("FLOPs per token, forward",
      [&](const GptConfig& c) { return FormatShortCount(ForwardFlopsPerToken(c, num_tokens)); });
  add("FLOPs per token, training",
      [&](const GptConfig& c) { return FormatShortCount(TrainingFlopsPerToken(c, num_tokens)); });
  return table.ToText();
}

std::string MemoryTable(const GptConfig& config, const SummaryOptions& options) {
  const TrainingMemory memory =
      EstimateTrainingMemory(config, options.batch_size, options.num_tokens);
  Table table({"a training step keeps", "bytes", "because"});
  table.AddRow({"weights", FormatBytes(memory.weights), "4 for each parameter"});
  table.AddRow({"AdamW's moments", FormatBytes(memory.moments), "8 for each parameter"});
  table.AddRow({"gradients", FormatBytes(memory.gradients), "4 for each parameter"});
  table.AddRow({"activations", FormatBytes(memory.activations), "what backward will read again"});
  table.AddRow({"logits", FormatBytes(memory.logits), "V for each token; their gradient again"});
  table.AddRow(
      {"at most at one time", FormatBytes(memory.Peak()), "gradients come while activations go"});
  return table.ToText();
}

std::string SummaryReport(const std::string& name, const GptConfig& config,
                          const SummaryOptions& options) {
  return absl::StrCat(
      Title(name, config), "\n", PartsTable(config, options.num_tokens), "\n",
      TyingTable(config, options.num_tokens), "\n",
      absl::StrFormat("A batch of %d x %d tokens takes %s FLOPs to train on.\n\n",
                      options.batch_size, options.num_tokens,
                      FormatShortCount(static_cast<double>(options.batch_size) *
                                       static_cast<double>(options.num_tokens) *
                                       TrainingFlopsPerToken(config, options.num_tokens))),
      MemoryTable(config, options));
}

std::string AttentionKindsTable(const GptConfig& base, int64_t num_tokens) {
  Table table({"attention", "parameters", "FLOPs per token", "cache", "activations", ""});
  for (const AttentionKind& kind : AttentionKinds()) {
    GptConfig config = base;
    config.attention = kind.name;
    if (!CheckGptConfig(config).ok()) continue;  // rotary embeddings need an even head size
    const TrainingMemory memory = EstimateTrainingMemory(config, 1, num_tokens);
    table.AddRow({kind.name, FormatCount(NumParameters(config)),
                  FormatShortCount(ForwardFlopsPerToken(config, num_tokens)),
                  FormatBytes(CacheBytes(config, num_tokens)), FormatBytes(memory.activations),
                  kind.summary});
  }
  return table.ToText();
}

std::string NamedConfigsTable() {
  Table table({"model", "layers", "width", "heads", "parameters", "with tied weights", "float32"});
  for (const auto& [name, summary, config] : NamedGptConfigs()) {
    table.AddRow({name, absl::StrCat(config.n_layers), absl::StrCat(config.emb_dim),
                  absl::StrCat(config.n_heads), FormatCount(NumParameters(config)),
                  FormatCount(NumParameters(WithTying(config, true))),
                  FormatBytes(WeightBytes(config))});
  }
  return table.ToText();
}

std::string NamedConfigsCostTable() {
  Table table({"model", "context", "linear MACs", "all MACs", "training FLOPs"});
  for (const auto& [name, summary, config] : NamedGptConfigs()) {
    const int64_t t = config.context_length;
    table.AddRow({name, FormatCount(t), FormatCount(LinearMacsPerToken(config)),
                  FormatCount(static_cast<int64_t>(ForwardFlopsPerToken(config, t) / 2)),
                  FormatShortCount(TrainingFlopsPerToken(config, t))});
  }
  return table.ToText();
}

}  // namespace gokart
