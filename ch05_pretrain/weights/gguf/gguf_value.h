// The metadata of GGUF files: named values of thirteen types.
//
//   GgufMetadata metadata = {{"general.architecture", std::string("gpt2")},
//                            {"gpt2.block_count", uint32_t{12}},
//                            {"tokenizer.ggml.tokens", GgufArray(tokens)}};
//   const std::string* name = GetValue<std::string>(metadata, "general.architecture");
//
// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_VALUE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_VALUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace gokart {

/// Stands where a type can't be: the format has no arrays of arrays that anybody uses.
struct GgufNothing {
  bool operator==(const GgufNothing&) const = default;
};

/// Many values of one type. The index of an alternative is the format's number of the type, here
/// and in GgufValue.
using GgufArray =
    std::variant<std::vector<uint8_t>, std::vector<int8_t>, std::vector<uint16_t>,
                 std::vector<int16_t>, std::vector<uint32_t>, std::vector<int32_t>,
                 std::vector<float>, std::vector<bool>, std::vector<std::string>, GgufNothing,
                 std::vector<uint64_t>, std::vector<int64_t>, std::vector<double>>;

using GgufValue = std::variant<uint8_t, int8_t, uint16_t, int16_t, uint32_t, int32_t, float, bool,
                               std::string, GgufArray, uint64_t, int64_t, double>;

/// In the order of the file.
using GgufMetadata = std::vector<std::pair<std::string, GgufValue>>;

/// The value of this key, or nullptr.
const GgufValue* FindValue(const GgufMetadata& metadata, absl::string_view key);

/// The value of this key if it has this very type, otherwise nullptr.
template <typename T>
const T* GetValue(const GgufMetadata& metadata, absl::string_view key) {
  const GgufValue* value = FindValue(metadata, key);
  return value == nullptr ? nullptr : std::get_if<T>(value);
}

/// The elements of an array of this very type, otherwise nullptr.
template <typename T>
const std::vector<T>* GetArray(const GgufMetadata& metadata, absl::string_view key) {
  const GgufArray* array = GetValue<GgufArray>(metadata, key);
  return array == nullptr ? nullptr : std::get_if<std::vector<T>>(array);
}

/// A whole number, of whatever type it was written in; nothing if it is none or doesn't fit.
std::optional<int64_t> GetInteger(const GgufMetadata& metadata, absl::string_view key);

/// For people: "12", "gpt2", "[50257 strings]".
std::string ValueText(const GgufValue& value);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_VALUE_H_
