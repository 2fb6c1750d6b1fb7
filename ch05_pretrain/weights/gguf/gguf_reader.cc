#include <algorithm>
#include <cstring>
#include <type_traits>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/gguf/gguf_layout.h"
#include "tensor/quote_for_message.h"

namespace gokart {
namespace {

constexpr uint64_t kMaxKeyLength = 65535;  // the specification's
constexpr uint64_t kMaxNameLength = 1024;  // llama.cpp has 64

// Takes values from the front of a file. After the first that is wrong all others are empty, and
// status() tells which one it was.
class Cursor {
 public:
  Cursor(std::span<const std::byte> bytes, const std::string& path) : bytes_(bytes), path_(path) {}

  const absl::Status& status() const { return status_; }
  bool ok() const { return status_.ok(); }
  uint64_t offset() const { return offset_; }
  uint64_t rest() const { return bytes_.size() - offset_; }

  void Fail(uint64_t offset, absl::string_view what) {
    if (!ok()) return;
    status_ = absl::DataLossError(
        absl::StrCat(path_, ": not a valid GGUF file: offset ", offset, ": ", what));
  }

  template <typename T>
  T Number(absl::string_view what) {
    T value{};
    if (!Has(sizeof(T), what)) return value;
    std::memcpy(&value, bytes_.data() + offset_, sizeof(T));
    offset_ += sizeof(T);
    return value;
  }

  std::string Text(absl::string_view what, uint64_t limit) {
    const uint64_t begin = offset_;
    const auto length = Number<uint64_t>(what);
    if (ok() && length > limit) {
      Fail(begin, absl::StrCat(what, " of ", length, " bytes, expected at most ", limit));
    }
    if (!Has(length, what)) return "";
    const char* text = reinterpret_cast<const char*>(bytes_.data()) + offset_;
    offset_ += length;
    return std::string(text, length);
  }

 private:
  bool Has(uint64_t size, absl::string_view what) {
    if (ok() && size > rest()) {
      Fail(offset_,
           absl::StrCat(what, ": ", size, " bytes expected, but the file ends after ", rest()));
    }
    return ok();
  }

  std::span<const std::byte> bytes_;
  const std::string& path_;
  uint64_t offset_ = 0;
  absl::Status status_;
};

template <typename T>
T ReadScalar(Cursor& in) {
  if constexpr (std::is_same_v<T, std::string>) {
    return in.Text("a string", in.rest());
  } else if constexpr (std::is_same_v<T, bool>) {
    return in.Number<uint8_t>("a boolean") != 0;
  } else {
    return in.Number<T>("a number");
  }
}

// Elements take at least one byte each in the file (strings eight), so that their number bounds the
// memory that they need here.
template <typename T>
std::vector<T> ReadElements(Cursor& in, uint64_t count) {
  constexpr uint64_t kSmallest = std::is_same_v<T, std::string> ? sizeof(uint64_t)
                                 : std::is_same_v<T, bool>      ? 1
                                                                : sizeof(T);
  std::vector<T> elements;
  if (count > in.rest() / kSmallest) {
    in.Fail(in.offset(), absl::StrCat("an array of ", count, " elements, but only ", in.rest(),
                                      " bytes are left"));
    return elements;
  }
  elements.reserve(count);
  for (uint64_t i = 0; i < count && in.ok(); ++i) elements.push_back(ReadScalar<T>(in));
  return elements;
}

// Calls read.operator()<I>() for the alternative I of Variant that a type number means.
template <typename Variant, typename Read, size_t... I>
bool ReadAlternative(uint32_t type, Variant& out, const Read& read, std::index_sequence<I...>) {
  return ((type == I && (out.template emplace<I>(read.template operator()<I>()), true)) || ...);
}

GgufArray ReadArray(Cursor& in) {
  const uint64_t begin = in.offset();
  const auto type = in.Number<uint32_t>("an array's type");
  const auto count = in.Number<uint64_t>("an array's length");
  GgufArray array;
  if (!in.ok()) return array;
  const auto read = [&]<size_t I>() {
    using Elements = std::variant_alternative_t<I, GgufArray>;
    if constexpr (std::is_same_v<Elements, GgufNothing>) {
      in.Fail(begin, "an array of arrays");
      return GgufNothing();
    } else {
      return ReadElements<typename Elements::value_type>(in, count);
    }
  };
  constexpr auto kTypes = std::make_index_sequence<std::variant_size_v<GgufArray>>();
  if (!ReadAlternative(type, array, read, kTypes)) {
    in.Fail(begin, absl::StrCat("elements of type ", type, ", expected 0 to 12"));
  }
  return array;
}

GgufValue ReadValue(Cursor& in) {
  const uint64_t begin = in.offset();
  const auto type = in.Number<uint32_t>("a value's type");
  GgufValue value;
  if (!in.ok()) return value;
  const auto read = [&]<size_t I>() {
    using T = std::variant_alternative_t<I, GgufValue>;
    if constexpr (std::is_same_v<T, GgufArray>) {
      return ReadArray(in);
    } else {
      return ReadScalar<T>(in);
    }
  };
  constexpr auto kTypes = std::make_index_sequence<std::variant_size_v<GgufValue>>();
  if (!ReadAlternative(type, value, read, kTypes)) {
    in.Fail(begin, absl::StrCat("a value of type ", type, ", expected 0 to 12"));
  }
  return value;
}

GgufMetadata ReadMetadata(Cursor& in, uint64_t count) {
  GgufMetadata metadata;
  std::unordered_set<std::string> keys;
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    const uint64_t begin = in.offset();
    std::string key = in.Text("a key", kMaxKeyLength);
    if (in.ok() && !keys.insert(key).second) {
      in.Fail(begin, absl::StrCat("the key ", QuoteForMessage(key), " a second time"));
    }
    GgufValue value = ReadValue(in);
    if (in.ok()) metadata.emplace_back(std::move(key), std::move(value));
  }
  return metadata;
}

std::vector<int64_t> ReadShape(Cursor& in) {
  const uint64_t begin = in.offset();
  const auto dimensions = in.Number<uint32_t>("a number of dimensions");
  if (in.ok() && (dimensions < 1 || dimensions > kGgufMaxDimensions)) {
    in.Fail(begin, absl::StrCat(dimensions, " dimensions, expected 1 to ", kGgufMaxDimensions));
  }
  std::vector<int64_t> shape;
  for (uint32_t i = 0; i < dimensions && in.ok(); ++i) {
    shape.insert(shape.begin(), in.Number<int64_t>("a dimension"));
  }
  return shape;
}

// A tensor with the bytes [offset, offset + size) of the data, which begin elsewhere.
struct PlacedTensor {
  GgufTensor tensor;
  uint64_t offset = 0, size = 0;
};

PlacedTensor ReadTensor(Cursor& in, uint64_t expected_offset) {
  const uint64_t begin = in.offset();
  PlacedTensor placed;
  GgufTensor& tensor = placed.tensor;
  tensor.name = in.Text("a tensor's name", kMaxNameLength);
  tensor.shape = ReadShape(in);
  const auto type = in.Number<uint32_t>("a tensor's type");
  placed.offset = in.Number<uint64_t>("a tensor's offset");
  if (!in.ok()) return placed;
  const std::string what = absl::StrCat("tensor ", QuoteForMessage(tensor.name), " [",
                                        absl::StrJoin(tensor.shape, ", "), "]");
  const GgmlTypeInfo* info = FindGgmlType(type);
  if (info == nullptr) {
    in.Fail(begin, absl::StrCat(what, " has the unknown type ", type));
    return placed;
  }
  tensor.type = info->type;
  const std::optional<uint64_t> size = GgmlByteSize(tensor.type, tensor.shape);
  if (!size) {
    in.Fail(begin, absl::StrCat(what, " can't be stored as ", info->name));
  } else if (placed.offset != expected_offset) {
    in.Fail(begin, absl::StrCat(what, " is at ", placed.offset, " in the data, expected ",
                                expected_offset, ", where those before end"));
  }
  placed.size = size.value_or(0);
  return placed;
}

std::vector<GgufTensor> ReadTensors(Cursor& in, uint64_t count, uint64_t alignment,
                                    std::span<const std::byte> file) {
  std::vector<PlacedTensor> placed;
  std::unordered_set<std::string> names;
  uint64_t end = 0;
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    const uint64_t begin = in.offset();
    placed.push_back(ReadTensor(in, end));
    const PlacedTensor& last = placed.back();
    if (in.ok() && !names.insert(last.tensor.name).second) {
      in.Fail(begin,
              absl::StrCat("the tensor ", QuoteForMessage(last.tensor.name), " a second time"));
    }
    if (in.ok() && last.size > file.size() - std::min<uint64_t>(end, file.size())) {
      in.Fail(begin, absl::StrCat("tensor ", QuoteForMessage(last.tensor.name), " of ", last.size,
                                  " bytes at ", end, " in the data: runs past the file's end"));
    }
    if (in.ok()) end = AlignedUp(end + last.size, alignment);
  }
  const uint64_t data = AlignedUp(in.offset(), alignment);
  std::vector<GgufTensor> tensors;
  for (PlacedTensor& p : placed) {
    if (!in.ok()) break;
    const uint64_t begin = data + p.offset;
    if (begin > file.size() || p.size > file.size() - begin) {
      in.Fail(begin, absl::StrCat("tensor ", QuoteForMessage(p.tensor.name), ": ", p.size,
                                  " bytes expected, but the file ends at ", file.size()));
      break;
    }
    p.tensor.bytes = file.subspan(begin, p.size);
    tensors.push_back(std::move(p.tensor));
  }
  return tensors;
}

void ReadVersion(Cursor& in) {
  if (in.rest() < 4) return in.Fail(0, "the file has fewer than 4 bytes");
  if (in.Number<uint32_t>("") != 0x46554747) return in.Fail(0, "expected \"GGUF\"");
  const auto version = in.Number<uint32_t>("the version");
  if (version != 2 && version != kGgufVersion) {
    const bool swapped = (version & 0xFFFF) == 0;
    in.Fail(4, absl::StrCat("version ", version, ", expected 2 or 3",
                            swapped ? " (big-endian files are not supported)" : ""));
  }
}

uint64_t ReadAlignment(Cursor& in, const GgufMetadata& metadata) {
  if (FindValue(metadata, kGgufAlignmentKey) == nullptr) return kGgufDefaultAlignment;
  const int64_t alignment = GetInteger(metadata, kGgufAlignmentKey).value_or(0);
  if (IsGgufAlignment(alignment)) return static_cast<uint64_t>(alignment);
  in.Fail(in.offset(), absl::StrCat(kGgufAlignmentKey, " is ",
                                    ValueText(*FindValue(metadata, kGgufAlignmentKey)),
                                    ", expected a power of two from 8 to 1048576"));
  return kGgufDefaultAlignment;
}

}  // namespace

int64_t GgufTensor::size() const {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;  // whatever the others are
  int64_t product = 1;
  for (const int64_t d : shape) product *= d;
  return product;
}

absl::StatusOr<GgufContents> ParseGguf(std::span<const std::byte> bytes, const std::string& path) {
  Cursor in(bytes, path);
  ReadVersion(in);
  const auto tensor_count = in.Number<uint64_t>("the number of tensors");
  const auto value_count = in.Number<uint64_t>("the number of values");
  GgufContents contents;
  contents.metadata = ReadMetadata(in, value_count);
  const uint64_t alignment = ReadAlignment(in, contents.metadata);
  contents.tensors = ReadTensors(in, tensor_count, alignment, bytes);
  if (!in.ok()) return in.status();
  return contents;
}

absl::StatusOr<GgufFile> GgufFile::Open(const std::string& path) {
  absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<GgufContents> contents = ParseGguf(file->bytes(), path);
  if (!contents.ok()) return contents.status();
  return GgufFile(*std::move(file), *std::move(contents));
}

const GgufTensor* GgufFile::Find(absl::string_view name) const {
  for (const GgufTensor& tensor : tensors()) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

}  // namespace gokart
