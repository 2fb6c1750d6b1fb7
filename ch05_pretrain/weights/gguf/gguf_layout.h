// What the reader and the writer of GGUF files agree on.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_LAYOUT_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_LAYOUT_H_

#include <cstddef>
#include <cstdint>

namespace gokart {

inline constexpr char kGgufMagic[] = "GGUF";
inline constexpr uint32_t kGgufVersion = 3;
inline constexpr char kGgufAlignmentKey[] = "general.alignment";
inline constexpr uint64_t kGgufDefaultAlignment = 32;
inline constexpr size_t kGgufMaxDimensions = 4;

/// A power of two, at least 8 and not absurd.
inline bool IsGgufAlignment(int64_t n) {
  return n >= 8 && n <= (int64_t{1} << 20) && (n & (n - 1)) == 0;
}

/// The next multiple of `alignment`, a power of two.
inline uint64_t AlignedUp(uint64_t n, uint64_t alignment) {
  return (n + alignment - 1) & ~(alignment - 1);
}

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_LAYOUT_H_
