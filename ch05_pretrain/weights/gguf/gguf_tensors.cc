#include "ch05_pretrain/weights/gguf/gguf_tensors.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/weights/gguf/gguf_names.h"

namespace gokart {
namespace {

// The parameters in a tensor, which lie in it one below the other.
absl::Status AddParameters(const GgufTensor& tensor, std::vector<StoredTensor>& out) {
  const std::optional<DType> dtype = DTypeOf(tensor.type);
  if (!dtype) {
    return absl::UnimplementedError(absl::StrCat("tensor ", tensor.name, " is ",
                                                 Describe(tensor.type).name,
                                                 ", expected F32, F16, BF16, F64, Q8_0 or Q4_0"));
  }
  std::vector<std::string> names = WorkshopNamesIn(tensor.name);
  if (names.empty()) names = {tensor.name};
  const auto parts = static_cast<int64_t>(names.size());
  std::vector<int64_t> shape = tensor.shape;
  if (shape.front() % parts != 0 || tensor.bytes.size() % names.size() != 0) {
    return absl::InvalidArgumentError(absl::StrCat("tensor ", tensor.name, " ", ShapeText(shape),
                                                   ": expected ", parts, " equal parts"));
  }
  shape.front() /= parts;
  const size_t size = tensor.bytes.size() / names.size();
  // Also where a part of a vector would not be made of whole blocks.
  if (ByteSize(shape, *dtype) != size) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor ", tensor.name, ": its parts can't be ", Describe(tensor.type).name));
  }
  for (size_t i = 0; i < names.size(); ++i) {
    out.push_back({names[i], *dtype, shape, tensor.bytes.subspan(i * size, size)});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<StoredTensor>> GgufParameters(const GgufContents& contents,
                                                         const std::string& path) {
  std::vector<StoredTensor> tensors;
  for (const GgufTensor& tensor : contents.tensors) {
    if (absl::Status s = AddParameters(tensor, tensors); !s.ok()) {
      return absl::Status(s.code(), absl::StrCat(path, ": ", s.message()));
    }
  }
  return tensors;
}

}  // namespace gokart
