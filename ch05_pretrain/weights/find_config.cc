// The configuration of the model in a file.
#include <algorithm>
#include <cstring>
#include <optional>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/weights/gpt_names.h"
#include "ch05_pretrain/weights/load_model.h"
#include "ch05_pretrain/weights/tensor_table.h"

namespace gokart {
namespace {

std::optional<std::vector<int64_t>> ShapeIn(const TensorTable& table, const std::string& name) {
  const std::optional<TensorTable::Source> source = table.Find(name);
  if (!source || source->tensor->shape.size() != 2) return std::nullopt;
  return source->tensor->shape;
}

int64_t CountLayers(const TensorTable& table, const WeightFile& file) {
  int64_t layers = 0;
  const auto has_layer = [&](int64_t layer) {
    return table.Find(absl::StrCat("trf_blocks.", layer, ".norm1.scale")).has_value();
  };
  while (layers < static_cast<int64_t>(file.tensors.size()) && has_layer(layers)) ++layers;
  return layers;
}

// As many as GPT-2 of this width has.
absl::StatusOr<int64_t> FindHeads(int64_t emb_dim, std::vector<std::string>& notes) {
  for (const NamedGptConfig& named : NamedGptConfigs()) {
    if (named.name.starts_with("gpt2-") && named.config.emb_dim == emb_dim) {
      notes.push_back(absl::StrCat("no configuration: ", named.config.n_heads, " heads, as ",
                                   named.name, " has"));
      return named.config.n_heads;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "there is no configuration, weights don't tell the number of heads, and no GPT-2 is ",
      emb_dim, " wide: give --n_heads, or put a config.json with n_head beside the file"));
}

absl::StatusOr<GptConfig> InferConfig(const TensorTable& table, const WeightFile& file,
                                      const LoadModelOptions& options,
                                      std::vector<std::string>& notes) {
  const auto tokens = ShapeIn(table, "tok_emb.weight");
  const auto positions = ShapeIn(table, "pos_emb.weight");
  const int64_t layers = CountLayers(table, file);
  if (!tokens || !positions || layers == 0 || (*tokens)[0] < 1 || (*tokens)[1] < 1) {
    const auto place = [&](const char* name) { return PlaceOf(name, table.naming()).name; };
    return absl::InvalidArgumentError(
        absl::StrCat(file.path, ": there is no configuration, and it can't be inferred without ",
                     place("tok_emb.weight"), " [V, C], ", place("pos_emb.weight"), " [T, C] and ",
                     place("trf_blocks.0.norm1.scale")));
  }
  GptConfig config = {.vocab_size = (*tokens)[0],
                      .context_length = (*positions)[0],
                      .emb_dim = (*tokens)[1],
                      .n_layers = layers};
  const absl::StatusOr<int64_t> heads =
      options.n_heads ? *options.n_heads : FindHeads(config.emb_dim, notes);
  absl::Status status = heads.status();
  config.n_heads = heads.value_or(1);
  status.Update(CheckGptConfig(config));
  if (status.ok()) return config;
  return absl::InvalidArgumentError(absl::StrCat(file.path, ": ", status.message()));
}

// Compares piece by piece, so that not both need be in memory.
bool SameBytes(const WeightFile& file, const StoredTensor& a, const StoredTensor& b) {
  constexpr size_t kPiece = size_t{1} << 20;
  for (size_t begin = 0; begin < a.bytes.size(); begin += kPiece) {
    const size_t size = std::min(kPiece, a.bytes.size() - begin);
    if (std::memcmp(a.bytes.data() + begin, b.bytes.data() + begin, size) != 0) return false;
    file.GivePagesBack(a);
    file.GivePagesBack(b);
  }
  return true;
}

// Whether the file's head is its token embedding.
bool HeadIsEmbedding(const WeightFile& file, const TensorTable& table) {
  const auto head = table.Find("out_head.weight");
  const auto tokens = table.Find("tok_emb.weight");
  if (!head || !tokens) return true;
  const StoredTensor &a = *head->tensor, &b = *tokens->tensor;
  if (a.dtype != b.dtype || a.shape != b.shape) return false;
  return a.bytes.data() == b.bytes.data() || SameBytes(file, a, b);
}

// A configuration of this program's own says for certain what GPT-2's publishers leave open.
bool IsOwnConfig(const WeightFile& file) {
  return file.config.has_value() && file.metadata.contains("config");
}

}  // namespace

absl::StatusOr<GptConfig> ConfigOf(const WeightFile& file, const LoadModelOptions& options,
                                   std::vector<std::string>& notes) {
  const absl::StatusOr<TensorTable> table = TensorTable::Make(file);
  if (!table.ok()) return table.status();
  absl::StatusOr<GptConfig> config =
      file.config ? *file.config : InferConfig(*table, file, options, notes);
  if (!config.ok()) return config;
  if (options.n_heads.value_or(config->n_heads) != config->n_heads) {
    return absl::InvalidArgumentError(absl::StrCat(file.path, ": ", *options.n_heads,
                                                   " heads were asked for, but ",
                                                   file.config_source, " says ", config->n_heads));
  }
  if (!IsOwnConfig(file)) {
    config->qkv_bias = table->Find("trf_blocks.0.att.W_query.bias").has_value();
    config->tie_weights = HeadIsEmbedding(file, *table);
  }
  config->tie_weights = options.tie_weights.value_or(config->tie_weights);
  if (!options.trainable) {
    config->drop_rate = 0;
    config->drop_rate_emb = config->drop_rate_attn = config->drop_rate_shortcut = std::nullopt;
  }
  return config;
}

}  // namespace gokart
