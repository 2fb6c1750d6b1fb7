#include "ch05_pretrain/weights/snappy_unpack.h"

#include "ch05_pretrain/weights/varint.h"

namespace gokart {
namespace {

// A number of up to four bytes, the lowest first.
std::optional<uint64_t> TakeNumber(std::string_view& in, int bytes) {
  if (in.size() < static_cast<size_t>(bytes)) return std::nullopt;
  uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value |= uint64_t{static_cast<uint8_t>(in[i])} << (8 * i);
  in.remove_prefix(bytes);
  return value;
}

// New bytes: their number less one is in the tag's upper six bits, or, from 60 on, in the next one
// to four bytes.
bool AppendLiteral(uint8_t tag, std::string_view& in, uint64_t size, std::string& out) {
  std::optional<uint64_t> length = tag >> 2;
  if (*length >= 60) length = TakeNumber(in, static_cast<int>(*length) - 59);
  if (!length || *length >= in.size() || *length >= size - out.size()) return false;
  out.append(in.substr(0, *length + 1));
  in.remove_prefix(*length + 1);
  return true;
}

// Bytes that were there before, `offset` back; they may overlap the copy itself.
bool AppendCopy(uint8_t tag, std::string_view& in, uint64_t size, std::string& out) {
  const int kind = tag & 3;
  const uint64_t length = kind == 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
  std::optional<uint64_t> offset = TakeNumber(in, kind == 3 ? 4 : kind);
  if (!offset) return false;
  if (kind == 1) *offset |= uint64_t{tag & 0xe0u} << 3;
  if (*offset == 0 || *offset > out.size() || length > size - out.size()) return false;
  for (uint64_t i = 0; i < length; ++i) out.push_back(out[out.size() - *offset]);
  return true;
}

}  // namespace

std::optional<std::string> SnappyUnpack(std::string_view in, uint64_t max_size) {
  const std::optional<uint64_t> size = TakeVarint(in);
  if (!size || *size > max_size) return std::nullopt;
  std::string out;
  while (!in.empty()) {
    const uint8_t tag = static_cast<uint8_t>(in.front());
    in.remove_prefix(1);
    const bool ok =
        (tag & 3) == 0 ? AppendLiteral(tag, in, *size, out) : AppendCopy(tag, in, *size, out);
    if (!ok) return std::nullopt;
  }
  if (out.size() != *size) return std::nullopt;
  return out;
}

}  // namespace gokart
