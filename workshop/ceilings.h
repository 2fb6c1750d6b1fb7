// What this machine can do at most: the two numbers that every speed in this project is counted
// against.
//
//     const double ceiling = MatMulGflops(omp_get_max_threads());
//     state.counters["share"] = gflops / ceiling;
//
// Measure in the same run as what is compared, since other programs and the clock of the processor
// change both.

#ifndef GOKART_WORKSHOP_CEILINGS_H_
#define GOKART_WORKSHOP_CEILINGS_H_

#include <cstdint>

namespace gokart {

/// The best GFLOP/s (10^9 multiplications and additions per second) of oneDNN's plain float32
/// matrix product with `threads` threads, over the shapes of GPT-2 small's linear layers at 1024
/// tokens. Each is repeated for about `seconds`, and its fastest run counts.
double MatMulGflops(int threads, double seconds = 0.25);

/// The best GB/s (10^9 bytes per second) at which `threads` threads together read memory from start
/// to end: `bytes` of it; 0 means four times the last-level cache, so that little can come from
/// there.
double ReadGigabytesPerSecond(int threads, double seconds = 0.25, int64_t bytes = 0);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_CEILINGS_H_
