#include "ch05_pretrain/weights/gguf/gguf_value.h"

#include <limits>
#include <type_traits>

#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

std::string ArrayText(const GgufArray& array) {
  constexpr const char* kElements[] = {"uint8",  "int8",    "uint16", "int16",   "uint32",
                                       "int32",  "float32", "bool",   "strings", "",
                                       "uint64", "int64",   "float64"};
  return std::visit(
      [&](const auto& elements) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(elements)>, GgufNothing>) {
          return "[]";
        } else {
          return absl::StrCat("[", elements.size(), " ", kElements[array.index()], "]");
        }
      },
      array);
}

}  // namespace

const GgufValue* FindValue(const GgufMetadata& metadata, absl::string_view key) {
  for (const auto& [name, value] : metadata) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::optional<int64_t> GetInteger(const GgufMetadata& metadata, absl::string_view key) {
  const GgufValue* found = FindValue(metadata, key);
  if (found == nullptr) return std::nullopt;
  return std::visit(
      [](const auto& value) -> std::optional<int64_t> {
        using T = std::decay_t<decltype(value)>;
        if constexpr (!std::is_integral_v<T> || std::is_same_v<T, bool>) {
          return std::nullopt;
        } else {
          if (std::is_same_v<T, uint64_t> && value > std::numeric_limits<int64_t>::max()) {
            return std::nullopt;
          }
          return static_cast<int64_t>(value);
        }
      },
      *found);
}

std::string ValueText(const GgufValue& value) {
  return std::visit(
      [](const auto& v) -> std::string {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, GgufArray>) {
          return ArrayText(v);
        } else if constexpr (std::is_same_v<T, bool>) {
          return v ? "true" : "false";
        } else {
          return absl::StrCat(v);
        }
      },
      value);
}

}  // namespace gokart
