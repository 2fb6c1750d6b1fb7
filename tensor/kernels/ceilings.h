// What this machine can do at best, measured now: what speeds are counted against, since a time
// alone says little about code and much about the machine and what else it is doing.
//
//   const double share = gflops / MatMulCeiling(NumThreads());
#ifndef GOKART_TENSOR_KERNELS_CEILINGS_H_
#define GOKART_TENSOR_KERNELS_CEILINGS_H_

namespace gokart::kernels {

/// GFLOP/s (1e9 multiplications and additions per second) of the best of several plain oneDNN
/// products in float32, of the sizes that occur in training GPT-2, on `threads` threads. Takes half
/// a second.
double MatMulCeiling(int threads);

/// GB/s (1e9 bytes per second) of the best of several plain reads of 256 MB, more than the caches
/// of most machines hold, on `threads` threads. Takes less than half a second.
double MemoryReadCeiling(int threads);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_CEILINGS_H_
