// What this machine can do at best, measured now: what speeds are counted against, since a time
// alone says little about code and much about the machine and what else it is doing.
//
//   const double share = gflops / MatMulCeiling(NumThreads());
//
//   MemoryReader reader;                     // where a neighbour's traffic comes and goes,
//   for (...) {                              // measure in turns
//     best_read = std::max(best_read, reader.Read(threads));
//     best_ours = std::max(best_ours, Ours());
//   }
#ifndef GOKART_TENSOR_KERNELS_CEILINGS_H_
#define GOKART_TENSOR_KERNELS_CEILINGS_H_

#include <cstdint>

namespace gokart::kernels {

/// GFLOP/s (1e9 multiplications and additions per second) of the best of several plain oneDNN
/// products in float32, of the sizes that occur in training GPT-2, on `threads` threads. Takes half
/// a second.
double MatMulCeiling(int threads);

/// GB/s (1e9 bytes per second) of the best of several plain reads of 512 MB, far more than caches
/// hold, on `threads` threads. Takes less than half a second.
double MemoryReadCeiling(int threads);

/// A plain read of memory, to be timed as often as one likes. Its pages are large ones, where the
/// system has them, as those of the engine's large buffers are: with small ones a read is bound by
/// address translation.
class MemoryReader {
 public:
  /// Throws std::bad_alloc when there is no such memory.
  explicit MemoryReader(int64_t bytes = int64_t{512} << 20);
  ~MemoryReader();
  MemoryReader(const MemoryReader&) = delete;

  /// Reads all once; GB/s.
  double Read(int threads) const;

 private:
  int64_t bytes_;
  float* data_;
};

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_CEILINGS_H_
