#include "ch05_pretrain/weights/load_model.h"

#include <algorithm>
#include <stdexcept>
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

void CopyParameter(const WeightFile& file, const TensorTable& table, Parts& parts) {
  for (NamedPart& part : parts) {
    const TensorTable::Source source = SourceOf(table, part);
    CopyRows(*source.tensor, source.place, part.shape(), 0, part.rows, part.mutable_data());
    file.GivePagesBack(*source.tensor);
  }
}

// out[count, ...] = rows [begin, begin + count) of the whole parameter.
void CopyRowsOf(const WeightFile& file, const TensorTable& table, const Parts& parts, int64_t begin,
                int64_t count, float* out) {
  for (const NamedPart& part : parts) {
    const int64_t first = std::max(begin, part.row_begin);
    const int64_t end = std::min(begin + count, part.row_begin + part.rows);
    if (first >= end) continue;
    const TensorTable::Source source = SourceOf(table, part);
    CopyRows(*source.tensor, source.place, part.shape(), first - part.row_begin, end - first,
             out + (first - begin) * part.shape().With(0, 1).size());
    file.GivePagesBack(*source.tensor);
  }
}

// The slots of a model's matrices, by what identifies the matrix.
std::unordered_map<const GradSlot*, MatrixSlot> MatricesOf(GPTModel& model) {
  std::unordered_map<const GradSlot*, MatrixSlot> matrices;
  for (const MatrixSlot& slot : model.Matrices()) {
    matrices.emplace(slot.weight->grad_slot().get(), slot);
  }
  return matrices;
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

absl::StatusOr<LoadedModel> LoadModel(WeightFile weights, const LoadModelOptions& options) {
  if (options.trainable && options.format) {
    throw std::invalid_argument("LoadModel: weights that are trained stay float32");
  }
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
  const auto matrices = MatricesOf(*loaded.model);
  for (Parts& parts : ByParameter(loaded.model->NamedParts())) {
    Tensor& whole = parts.front().tensor;
    const auto matrix = matrices.find(whole.grad_slot().get());
    if (options.format && matrix != matrices.end()) {
      *matrix->second.instead = QuantizedMatrix::QuantizeRows(
          *options.format, whole.dim(0), whole.dim(1), [&](int64_t begin, int64_t n, float* out) {
            CopyRowsOf(*file, *table, parts, begin, n, out);
          });
      *matrix->second.weight = Tensor();
      continue;
    }
    // Next to quantised matrices the rest is small, and then nothing needs the file any more.
    const bool copied = options.trainable || options.format;
    const float* const in_place = copied ? nullptr : ParameterInPlace(*table, parts);
    if (in_place != nullptr) {
      whole.SetBuffer(Buffer::Borrow(in_place, whole.size(), file));
    } else {
      CopyParameter(*file, *table, parts);
    }
  }
  ReleasePoolCache();  // what the layers were made with, if it was not used
  return loaded;
}

absl::Status LoadParameters(const WeightFile& file, const GptConfig& config,
                            std::vector<NamedPart> parts) {
  const absl::StatusOr<TensorTable> table = TensorTable::Make(file);
  if (!table.ok()) return table.status();
  GptConfig stored = config;
  const auto positions = table->Find("pos_emb.weight");
  if (positions && positions->tensor->shape.size() == 2) {
    stored.context_length = positions->tensor->shape.front();
  }
  if (config.context_length > stored.context_length) {
    return absl::InvalidArgumentError(absl::StrCat(file.path, ": holds ", stored.context_length,
                                                   " positions, too few for a ",
                                                   "context length of ", config.context_length));
  }
  if (absl::Status s = CheckFile(file, *table, stored); !s.ok()) return s;
  for (Parts& parameter : ByParameter(std::move(parts))) CopyParameter(file, *table, parameter);
  return absl::OkStatus();
}

}  // namespace gokart
