#include "ch02_data/sentencepiece_check.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

// One field of a message: its number, and its bytes if it is of the kind that has a length.
struct Field {
  uint64_t number;
  std::optional<std::string_view> bytes;
};

// Reads the fields of a message one after the other.
class FieldReader {
 public:
  explicit FieldReader(std::string_view message) : message_(message) {}

  bool AtEnd() const { return next_ == message_.size(); }

  absl::StatusOr<Field> Next() {
    const absl::StatusOr<uint64_t> key = Varint();
    if (!key.ok()) return key.status();
    Field field{*key >> 3, std::nullopt};
    uint64_t length = 0;
    switch (*key & 7) {
      case 0:  // a number
        if (const auto value = Varint(); !value.ok()) return value.status();
        return field;
      case 1:
        length = 8;
        break;
      case 5:
        length = 4;
        break;
      case 2: {  // a length and so many bytes
        const absl::StatusOr<uint64_t> value = Varint();
        if (!value.ok()) return value.status();
        length = *value;
        field.bytes.emplace();
        break;
      }
      default:
        return Wrong("a field of an unknown type");
    }
    if (length > message_.size() - next_) return Wrong("a field that is longer than the file");
    if (field.bytes) field.bytes = message_.substr(next_, length);
    next_ += length;
    return field;
  }

 private:
  // 7 bits a byte, the lowest first; the top bit says that more follow.
  absl::StatusOr<uint64_t> Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && next_ < message_.size(); shift += 7) {
      const auto byte = static_cast<uint8_t>(message_[next_++]);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    return Wrong("a number that does not end");
  }

  absl::Status Wrong(std::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("byte ", next_, ": ", std::string(what)));
  }

  std::string_view message_;
  size_t next_ = 0;
};

// A unit of a double-array trie (darts-clone). A node leads by each byte b to unit base ^ b, where
// base is its place ^ Offset; the unit belongs to it if its Label is b. A node that ends a key has
// the key's value at its base.
uint32_t Offset(uint32_t unit) { return (unit >> 10) << ((unit & (1u << 9)) >> 6); }
bool EndsKey(uint32_t unit) { return (unit >> 8) & 1; }
uint32_t Value(uint32_t unit) { return unit & 0x7FFFFFFFu; }
bool IsNode(uint32_t unit) { return unit >> 31 == 0; }

// The compiled table: bytes of the trie (32 bits), the trie, and the texts that its values are
// offsets of, each with a zero byte at its end.
absl::Status CheckTable(std::string_view table) {
  if (table.empty()) return absl::OkStatus();  // no normalisation
  uint32_t trie_bytes = 0;
  if (table.size() > sizeof(trie_bytes)) std::memcpy(&trie_bytes, table.data(), sizeof(trie_bytes));
  const std::string_view rest = table.substr(std::min(table.size(), sizeof(trie_bytes)));
  if (trie_bytes == 0 || trie_bytes % 4 != 0 || trie_bytes >= rest.size() || rest.back() != '\0') {
    return absl::InvalidArgumentError(absl::StrCat("the normalisation table has ", table.size(),
                                                   " bytes and says that ", trie_bytes,
                                                   " are its trie, or does not end with 0"));
  }
  const size_t num_units = trie_bytes / 4, num_text_bytes = rest.size() - trie_bytes;
  const auto unit_at = [rest](size_t i) {
    uint32_t unit;
    std::memcpy(&unit, rest.data() + 4 * i, sizeof(unit));
    return unit;
  };
  for (size_t i = 0; i < num_units; ++i) {
    const uint32_t unit = unit_at(i);
    if (!IsNode(unit)) continue;
    const size_t base = i ^ Offset(unit);
    if ((base | 0xFF) >= num_units || (EndsKey(unit) && Value(unit_at(base)) >= num_text_bytes)) {
      return absl::InvalidArgumentError(
          absl::StrCat("entry ", i, " of the normalisation table leads out of it"));
    }
  }
  return absl::OkStatus();
}

// A NormalizerSpec; the compiled table is its field 2.
absl::Status CheckNormalizer(std::string_view spec) {
  constexpr uint64_t kPrecompiledTable = 2;
  for (FieldReader reader(spec); !reader.AtEnd();) {
    const absl::StatusOr<Field> field = reader.Next();
    if (!field.ok()) return field.status();
    if (field->number != kPrecompiledTable || !field->bytes) continue;
    if (absl::Status status = CheckTable(*field->bytes); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSentencePieceModel(std::string_view model) {
  constexpr uint64_t kNormalizer = 3, kDenormalizer = 5;
  for (FieldReader reader(model); !reader.AtEnd();) {
    const absl::StatusOr<Field> field = reader.Next();
    if (!field.ok()) return field.status();
    if ((field->number != kNormalizer && field->number != kDenormalizer) || !field->bytes) continue;
    if (absl::Status status = CheckNormalizer(*field->bytes); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace gokart
