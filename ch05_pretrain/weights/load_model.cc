#include "ch05_pretrain/weights/load_model.h"

#include <cstring>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch03_attention/make_attention.h"
#include "ch04_model/model_summary.h"
#include "ch05_pretrain/weights/copy_weights.h"
#include "ch05_pretrain/weights/gpt_names.h"
#include "ch05_pretrain/weights/tensor_table.h"
#include "tensor/buffer.h"
#include "tensor/nn/skip_init.h"

namespace gokart {
namespace {

constexpr int64_t kGpt2HeadDim = 64;

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

// GPT-2's of this width, or a guess.
int64_t FindHeads(int64_t emb_dim, std::vector<std::string>& notes) {
  for (const NamedGptConfig& named : NamedGptConfigs()) {
    if (named.name.starts_with("gpt2-") && named.config.emb_dim == emb_dim) {
      notes.push_back(absl::StrCat("no configuration: ", named.config.n_heads, " heads, as ",
                                   named.name, " has"));
      return named.config.n_heads;
    }
  }
  const bool divides = emb_dim % kGpt2HeadDim == 0;
  const int64_t heads = divides ? emb_dim / kGpt2HeadDim : 1;
  notes.push_back(absl::StrCat("no configuration: ", heads, heads == 1 ? " head" : " heads",
                               " assumed", divides ? ", each of dimension 64 as in GPT-2" : ""));
  return heads;
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
  config.n_heads = options.n_heads ? *options.n_heads : FindHeads(config.emb_dim, notes);
  if (absl::Status s = CheckGptConfig(config); !s.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(file.path, ": ", s.message()));
  }
  return config;
}

// Whether the file's head is its token embedding.
bool HeadIsEmbedding(const TensorTable& table) {
  const auto head = table.Find("out_head.weight");
  const auto tokens = table.Find("tok_emb.weight");
  if (!head || !tokens) return true;
  const StoredTensor &a = *head->tensor, &b = *tokens->tensor;
  if (a.dtype != b.dtype || a.shape != b.shape) return false;
  const bool same = a.bytes.data() == b.bytes.data() || a.bytes.empty() ||
                    std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
  if (same && a.bytes.data() != b.bytes.data()) GivePagesBack(a.bytes);
  return same;
}

// A configuration of this program's own says for certain what GPT-2's publishers leave open.
bool IsOwnConfig(const WeightFile& file) {
  return file.config.has_value() && file.metadata.contains("config");
}

// A parameter's parts: rows of one tensor, in order.
using Parts = std::vector<NamedPart>;

std::vector<Parts> ByParameter(std::vector<NamedPart> parts) {
  std::unordered_map<const GradSlot*, size_t> index;
  std::vector<Parts> parameters;
  for (NamedPart& part : parts) {
    const GradSlot* const slot = part.tensor.grad_slot().get();
    const auto [found, is_new] = index.try_emplace(slot, parameters.size());
    if (is_new) parameters.emplace_back();
    parameters[found->second].push_back(std::move(part));
  }
  return parameters;
}

TensorTable::Source SourceOf(const TensorTable& table, const NamedPart& part) {
  // A head that is trained apart from the embedding begins as a copy of it.
  const auto source = table.Find(part.name);
  return source ? *source : *table.Find("tok_emb.weight");
}

// The parameter's numbers, if the file holds them one after the other; otherwise nullptr.
const float* ParameterInPlace(const TensorTable& table, const Parts& parts) {
  const float* begin = nullptr;
  for (const NamedPart& part : parts) {
    const TensorTable::Source source = SourceOf(table, part);
    const float* const numbers = PartInPlace(*source.tensor, source.place, part.shape());
    if (numbers == nullptr) return nullptr;
    if (begin == nullptr) begin = numbers - part.offset();
    if (numbers != begin + part.offset()) return nullptr;
  }
  return begin;
}

void CopyParameter(const TensorTable& table, Parts& parts) {
  for (NamedPart& part : parts) {
    const TensorTable::Source source = SourceOf(table, part);
    CopyPart(*source.tensor, source.place, part.shape(), part.mutable_data());
  }
}

std::unique_ptr<GPTModel> MakeUninitialised(const GptConfig& config) {
  const SkipInit skip_init;
  return std::make_unique<GPTModel>(config);
}

// Attention other than GPT-2's has other parameters, which only the model itself can list. To make
// one is safe when the file is large enough for it.
absl::StatusOr<std::vector<GptParameter>> ParametersOf(const WeightFile& file,
                                                       const GptConfig& config) {
  const AttentionKind* const kind = FindAttention(config.attention);
  if (kind != nullptr && kind->same_function) return GptParameters(config);
  int64_t numbers = 0;
  for (const StoredTensor& tensor : file.tensors) numbers += tensor.size();
  const int64_t needed = NumParameters(config);
  if (needed > numbers) {
    return absl::InvalidArgumentError(absl::StrCat(file.path, ": a model with ", needed,
                                                   " parameters expected (", file.config_source,
                                                   "), found ", numbers, " numbers"));
  }
  std::vector<GptParameter> parameters;
  for (const NamedPart& part : MakeUninitialised(config)->NamedParts()) {
    parameters.push_back({part.name, part.shape().ToVector()});
  }
  return parameters;
}

absl::Status CheckFile(const WeightFile& file, const TensorTable& table, GptConfig config) {
  // A head that the file lacks can be had from the embedding.
  if (!table.Find("out_head.weight")) config.tie_weights = true;
  if (config.n_layers > static_cast<int64_t>(file.tensors.size())) {
    return absl::InvalidArgumentError(
        absl::StrCat(file.path, ": does not fit this model of ", config.n_layers, " layers (",
                     file.config_source, "): it holds ", file.tensors.size(), " tensors"));
  }
  const absl::StatusOr<std::vector<GptParameter>> parameters = ParametersOf(file, config);
  if (!parameters.ok()) return parameters.status();
  if (absl::Status s = table.CheckFits(*parameters); !s.ok()) return s;
  return VerifyChecksums(file);
}

}  // namespace

absl::StatusOr<GptConfig> ConfigOf(const WeightFile& file, const LoadModelOptions& options,
                                   std::vector<std::string>& notes) {
  const absl::StatusOr<TensorTable> table = TensorTable::Make(file);
  if (!table.ok()) return table.status();
  absl::StatusOr<GptConfig> config =
      file.config ? *file.config : InferConfig(*table, file, options, notes);
  if (!config.ok()) return config;
  if (!IsOwnConfig(file)) {
    config->qkv_bias = table->Find("trf_blocks.0.att.W_query.bias").has_value();
    config->tie_weights = HeadIsEmbedding(*table);
  }
  config->tie_weights = options.tie_weights.value_or(config->tie_weights);
  if (!options.trainable) {
    config->drop_rate = 0;
    config->drop_rate_emb = config->drop_rate_attn = config->drop_rate_shortcut = std::nullopt;
  }
  return config;
}

absl::StatusOr<LoadedModel> LoadModel(WeightFile weights, const LoadModelOptions& options) {
  // The model keeps the file as long as it uses it.
  const auto file = std::make_shared<const WeightFile>(std::move(weights));
  LoadedModel loaded;
  const absl::StatusOr<GptConfig> config = ConfigOf(*file, options, loaded.notes);
  if (!config.ok()) return config.status();
  const absl::StatusOr<TensorTable> table = TensorTable::Make(*file);
  if (!table.ok()) return table.status();
  if (absl::Status s = CheckFile(*file, *table, *config); !s.ok()) return s;
  loaded.model = MakeUninitialised(*config);
  loaded.model->RequireGrad(options.trainable);
  for (Parts& parts : ByParameter(loaded.model->NamedParts())) {
    Tensor& whole = parts.front().tensor;
    const float* const in_place = options.trainable ? nullptr : ParameterInPlace(*table, parts);
    if (in_place != nullptr) {
      whole.SetBuffer(Buffer::Borrow(in_place, whole.size(), file));
    } else {
      CopyParameter(*table, parts);
    }
  }
  return loaded;
}

absl::Status LoadParameters(const WeightFile& file, const GptConfig& config,
                            std::vector<NamedPart> parts) {
  const absl::StatusOr<TensorTable> table = TensorTable::Make(file);
  if (!table.ok()) return table.status();
  if (absl::Status s = CheckFile(file, *table, config); !s.ok()) return s;
  for (Parts& parameter : ByParameter(std::move(parts))) CopyParameter(*table, parameter);
  return absl::OkStatus();
}

}  // namespace gokart
