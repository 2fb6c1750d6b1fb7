#include "tensor/kernels/ceilings.h"

#include <dnnl.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "tensor/kernels/lanes.h"
#include "tensor/kernels/scratch.h"

namespace gokart::kernels {
namespace {

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Seconds of the fastest of as many runs of `work` as fit into `budget` seconds, two at least.
template <typename Work>
double FastestRun(double budget, const Work& work) {
  const double end = Now() + budget;
  double fastest = 1e300;
  for (int run = 0; run < 2 || Now() < end; ++run) {
    const double start = Now();
    work();
    fastest = std::min(fastest, Now() - start);
  }
  return fastest;
}

// The sum of x[n], which is a multiple of 8 * kLanes, as fast as memory delivers it.
float Sum(int64_t n, const float* x) {
  Lanes sums[8] = {};
  for (int64_t i = 0; i < n; i += 8 * kLanes) {
    for (int j = 0; j < 8; ++j) sums[j] += LoadLanes(x + i + j * kLanes);
  }
  Lanes sum = {};
  for (const Lanes& s : sums) sum += s;
  return SumLanes(sum);
}

}  // namespace

double MatMulCeiling(int threads) {
  struct Product {
    char transpose_b;
    int64_t m, n, k;
  };
  constexpr Product kProducts[] = {{'N', 1024, 768, 768},
                                   {'T', 1024, 3072, 768},
                                   {'N', 1024, 768, 3072},
                                   {'N', 2048, 1024, 1024}};
  constexpr int64_t kLargest = 3072 * 1024;
  Scratch memory;
  float *a = memory.Get(3 * kLargest), *b = a + kLargest, *c = b + kLargest;
  std::fill(a, c + kLargest, 0.5f);
  const int threads_before = omp_get_max_threads();
  omp_set_num_threads(threads);
  double best = 0;
  for (const auto& [transpose_b, m, n, k] : kProducts) {
    const double seconds = FastestRun(0.12, [&, transpose_b = transpose_b, m = m, n = n, k = k] {
      dnnl_sgemm('N', transpose_b, m, n, k, 1.0f, a, k, b, transpose_b == 'T' ? k : n, 0.0f, c, n);
    });
    best = std::max(best, 2e-9 * m * n * k / seconds);
  }
  omp_set_num_threads(threads_before);
  return best;
}

double MemoryReadCeiling(int threads) {
  constexpr int64_t kBlock = 65536, kBlocks = 1024;
  Scratch memory;
  float* data = memory.Get(kBlock * kBlocks);
  std::fill(data, data + kBlock * kBlocks, 1.0f);
  float total = 0;
  const double seconds = FastestRun(0.2, [&] {
    float sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum) num_threads(threads)
    for (int64_t block = 0; block < kBlocks; ++block) sum += Sum(kBlock, data + block * kBlock);
    total += sum;
  });
  // All entries were read, and the compiler must believe that someone wants to know.
  if (total == 0) return 0;
  return 1e-9 * sizeof(float) * kBlock * kBlocks / seconds;
}

}  // namespace gokart::kernels
