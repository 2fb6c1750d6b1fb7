// Working memory that a thread keeps from call to call, so that kernels in the steady state neither
// allocate nor touch fresh pages.
//
//   static thread_local Scratch scratch;
//   float* tile = scratch.Get(rows * cols);
#ifndef GOKART_TENSOR_KERNELS_SCRATCH_H_
#define GOKART_TENSOR_KERNELS_SCRATCH_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>

namespace gokart::kernels {

class Scratch {
 public:
  /// Memory for `size` floats, 64-byte aligned, contents undefined, valid until the next call.
  float* Get(int64_t size) {
    if (size > size_) {
      data_.reset();
      size_ = std::max(size, 2 * size_);
      data_.reset(static_cast<float*>(::operator new(size_ * sizeof(float), kAlignment)));
    }
    return data_.get();
  }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(float* data) const { ::operator delete(data, kAlignment); }
  };

  std::unique_ptr<float, Free> data_;
  int64_t size_ = 0;
};

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_SCRATCH_H_
