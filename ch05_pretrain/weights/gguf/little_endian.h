// Numbers as bytes, the lowest first, as most binary formats have them.
//
//   std::string bytes;
//   AppendLittleEndian<uint32_t>(bytes, 3);  // "\3\0\0\0"
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_LITTLE_ENDIAN_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_LITTLE_ENDIAN_H_

#include <bit>
#include <string>
#include <type_traits>

namespace gokart {

static_assert(std::endian::native == std::endian::little,
              "files are written as numbers lie in memory");

/// Appends sizeof(T) bytes. T has no default, since the format decides it: name it.
template <typename T>
void AppendLittleEndian(std::string& out, std::type_identity_t<T> value) {
  static_assert(std::is_arithmetic_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_LITTLE_ENDIAN_H_
