// Whole numbers of seven bits a byte, the lowest first, as protobuf, leveldb and Snappy write them.
//
//   std::string_view in("\x96\x01");
//   TakeVarint(in) == 150;  // and `in` is empty now
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_VARINT_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_VARINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gokart {

inline void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

/// Takes a number off the front of `in`; nothing if it has no end.
inline std::optional<uint64_t> TakeVarint(std::string_view& in) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const uint8_t byte = static_cast<uint8_t>(in.front());
    in.remove_prefix(1);
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_VARINT_H_
