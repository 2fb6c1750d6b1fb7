// What the fuzz targets share: their input in memory of its own, and reading what was understood.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_FUZZ_FUZZ_INPUT_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_FUZZ_FUZZ_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "tensor/stored_tensor.h"

namespace gokart {

/// A copy that is exactly as long as the input, so that a sanitizer sees every step beyond it.
class FuzzInput {
 public:
  FuzzInput(const uint8_t* data, size_t size) : memory_(new std::byte[size]), size_(size) {
    if (size > 0) std::memcpy(memory_.get(), data, size);
  }

  std::span<const std::byte> bytes() const { return {memory_.get(), size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(memory_.get()), size_}; }

 private:
  std::unique_ptr<std::byte[]> memory_;
  size_t size_;
};

/// Makes the compiler believe that a value is used.
template <typename T>
void KeepAlive(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// Reads every byte of the tensors, and traps if one doesn't fit its shape.
inline void TouchAll(std::span<const StoredTensor> tensors) {
  unsigned sum = 0;
  for (const StoredTensor& tensor : tensors) {
    if (ByteSize(tensor.shape, tensor.dtype) != tensor.bytes.size()) __builtin_trap();
    for (const std::byte b : tensor.bytes) sum += static_cast<unsigned>(b);
    if (tensor.bytes.size() > 4096) continue;
    if (IsFloatingPoint(tensor.dtype)) {
      KeepAlive(tensor.Floats());
    } else {
      KeepAlive(tensor.Int64s());
    }
  }
  KeepAlive(sum);
}

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_FUZZ_FUZZ_INPUT_H_
