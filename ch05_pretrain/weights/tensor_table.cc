#include "ch05_pretrain/weights/tensor_table.h"

#include <algorithm>
#include <unordered_set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tensor/quote_for_message.h"

namespace gokart {

absl::StatusOr<TensorTable> TensorTable::Make(const WeightFile& file) {
  const std::optional<GptNaming> naming = FindNaming(file.tensors);
  if (naming) return TensorTable(file, *naming);
  std::vector<std::string> found;
  for (const StoredTensor& tensor : file.tensors) {
    found.push_back(absl::StrCat(QuoteForMessage(tensor.name), " ", tensor.TypeAndShape()));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      file.path,
      ": no GPT-2: expected tensors named as tok_emb.weight (the workshop's), wte.weight (Hugging "
      "Face's) or model/wte (OpenAI's), found ",
      found.empty() ? "none" : absl::StrJoin(found, "; ")));
}

TensorTable::TensorTable(const WeightFile& file, GptNaming naming)
    : file_(&file), naming_(naming), prefix_(NamePrefix(file.tensors)) {
  for (const StoredTensor& tensor : file.tensors) {
    const bool prefixed = !prefix_.empty() && absl::StartsWith(tensor.name, prefix_);
    by_name_[prefixed ? tensor.name.substr(prefix_.size()) : tensor.name] = &tensor;
  }
}

std::optional<TensorTable::Source> TensorTable::Find(const std::string& parameter) const {
  StoredPlace place = PlaceOf(parameter, naming_);
  const auto found = by_name_.find(place.name);
  if (found == by_name_.end()) return std::nullopt;
  return Source{found->second, std::move(place)};
}

// What is wrong with a parameter's tensor, if anything.
std::optional<std::string> TensorTable::Difference(const GptParameter& parameter) const {
  const StoredPlace place = PlaceOf(parameter.name, naming_);
  const std::vector<int64_t> expected = StoredShape(place, parameter.shape, naming_);
  const auto found = by_name_.find(place.name);
  if (found == by_name_.end()) {
    return absl::StrCat(prefix_, place.name, " ", ShapeText(expected), " is missing");
  }
  const StoredTensor& tensor = *found->second;
  // Numbers in blocks can be taken as a whole only.
  const bool whole = DTypeBlock(tensor.dtype) == 1 || (!place.transposed && place.parts == 1);
  if (tensor.shape == expected && IsFloatingPoint(tensor.dtype) && whole) return std::nullopt;
  return absl::StrCat(tensor.name, " is ", tensor.TypeAndShape(), ", expected F32, F16 or BF16 ",
                      ShapeText(expected));
}

absl::Status TensorTable::CheckFits(const std::vector<GptParameter>& parameters) const {
  std::vector<std::string> differences;
  std::unordered_set<std::string> places;
  for (const GptParameter& parameter : parameters) {
    if (!places.insert(PlaceOf(parameter.name, naming_).name).second) continue;
    if (std::optional<std::string> d = Difference(parameter)) differences.push_back(*std::move(d));
  }
  // The head of a model with tied weights may be there as well.
  places.insert(PlaceOf("out_head.weight", naming_).name);
  std::vector<std::string> left_over;
  for (const auto& [name, tensor] : by_name_) {
    if (places.contains(name) || IsNoParameter(name, naming_)) continue;
    left_over.push_back(
        absl::StrCat(QuoteForMessage(tensor->name), " ", tensor->TypeAndShape(), " is left over"));
  }
  std::sort(left_over.begin(), left_over.end());
  differences.insert(differences.end(), left_over.begin(), left_over.end());
  if (differences.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(file_->path, ": does not fit this model: ", absl::StrJoin(differences, "; ")));
}

}  // namespace gokart
