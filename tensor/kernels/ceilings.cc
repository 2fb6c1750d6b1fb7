#include "tensor/kernels/ceilings.h"

#include <dnnl.h>
#include <omp.h>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <new>

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

namespace {

// What a thread takes at a time: a large page, which it reads as four streams, so that the
// processor's prefetchers have work enough.
constexpr int64_t kPageBytes = int64_t{2} << 20;
constexpr int64_t kStreams = 4;

float SumOfPage(const float* page) {
  constexpr int64_t kPart = kPageBytes / sizeof(float) / kStreams;
  Lanes sums[2 * kStreams] = {};
  for (int64_t i = 0; i < kPart; i += 2 * kLanes) {
    for (int64_t s = 0; s < kStreams; ++s) {
      sums[2 * s] += LoadLanes(page + s * kPart + i);
      sums[2 * s + 1] += LoadLanes(page + s * kPart + i + kLanes);
    }
  }
  Lanes sum = {};
  for (const Lanes& s : sums) sum += s;
  return SumLanes(sum);
}

}  // namespace

MemoryReader::MemoryReader(int64_t bytes)
    : bytes_(std::max<int64_t>(1, bytes / kPageBytes) * kPageBytes),
      data_(static_cast<float*>(std::aligned_alloc(kPageBytes, bytes_))) {
  if (data_ == nullptr) throw std::bad_alloc();
  madvise(data_, bytes_, MADV_HUGEPAGE);
  std::fill(data_, data_ + bytes_ / static_cast<int64_t>(sizeof(float)), 1.0f);
}

MemoryReader::~MemoryReader() { std::free(data_); }

double MemoryReader::Read(int threads) const {
  const int64_t pages = bytes_ / kPageBytes;
  float sum = 0;
  const double start = Now();
#pragma omp parallel for schedule(dynamic) reduction(+ : sum) num_threads(threads)
  for (int64_t page = 0; page < pages; ++page) {
    sum += SumOfPage(data_ + page * kPageBytes / static_cast<int64_t>(sizeof(float)));
  }
  const double seconds = Now() - start;
  // All entries were read, and the compiler must believe that someone wants to know.
  return sum == 0 ? 0 : 1e-9 * static_cast<double>(bytes_) / seconds;
}

double MemoryReadCeiling(int threads) {
  const MemoryReader reader;
  const double end = Now() + 0.2;
  double best = 0;
  for (int run = 0; run < 3 || Now() < end; ++run) best = std::max(best, reader.Read(threads));
  return best;
}

}  // namespace gokart::kernels
