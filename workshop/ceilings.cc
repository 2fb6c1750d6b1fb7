#include "workshop/ceilings.h"

#include <dnnl.h>
#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <vector>

namespace gokart {
namespace {

// Sets the number of OpenMP threads while it lives.
class ThreadsScope {
 public:
  explicit ThreadsScope(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(std::max(1, threads));
  }
  ~ThreadsScope() { omp_set_num_threads(before_); }
  ThreadsScope(const ThreadsScope&) = delete;
  ThreadsScope& operator=(const ThreadsScope&) = delete;

 private:
  int before_;
};

// Seconds of the fastest of several runs, the first one excepted; three at least.
template <class Body>
double FastestRun(double seconds, const Body& body) {
  using Clock = std::chrono::steady_clock;
  body();  // creates threads, loads code, touches memory
  double fastest = std::numeric_limits<double>::infinity();
  const Clock::time_point start = Clock::now();
  for (int runs = 0;
       runs < 3 || std::chrono::duration<double>(Clock::now() - start).count() < seconds; ++runs) {
    const Clock::time_point begin = Clock::now();
    body();
    fastest = std::min(fastest, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return fastest;
}

int64_t BytesBeyondCaches() {
  const int64_t cache = sysconf(_SC_LEVEL3_CACHE_SIZE);  // 0 or -1 where the system does not know
  return std::clamp<int64_t>(4 * cache, 64 << 20, int64_t{1} << 30);
}

// C[M, N] = A[M, K] B[N, K]^T, the forward pass of a linear layer.
double GflopsOfShape(int64_t m, int64_t n, int64_t k, double seconds) {
  const std::vector<float> a(m * k, 0.5f), b(n * k, 0.25f);
  std::vector<float> c(m * n);
  const double fastest = FastestRun(seconds, [&] {
    dnnl_sgemm('N', 'T', m, n, k, 1.0f, a.data(), k, b.data(), k, 0.0f, c.data(), n);
  });
  return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k) / fastest *
         1e-9;
}

}  // namespace

double MatMulGflops(int threads, double seconds) {
  const ThreadsScope scope(threads);
  constexpr int64_t kTokens = 1024, kChannels = 768;
  // Outputs and inputs of: attention's projections, queries-keys-values, feed forward up and down.
  constexpr int64_t kShapes[][2] = {
      {768, kChannels}, {2304, kChannels}, {3072, kChannels}, {768, 4 * kChannels}};
  double best = 0;
  for (const auto& [n, k] : kShapes) best = std::max(best, GflopsOfShape(kTokens, n, k, seconds));
  return best;
}

double ReadGigabytesPerSecond(int threads, double seconds, int64_t bytes) {
  const ThreadsScope scope(threads);
  if (bytes <= 0) bytes = BytesBeyondCaches();
  const int64_t words = bytes / static_cast<int64_t>(sizeof(uint64_t));
  const std::unique_ptr<uint64_t[]> memory(new uint64_t[words]);
  uint64_t* const data = memory.get();
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < words; ++i) data[i] = i;  // or the pages would all be one page of zeros

  volatile uint64_t sink = 0;  // or the sum would not be computed
  const double fastest = FastestRun(seconds, [&] {
    uint64_t sum = 0;
// (Not `for simd`: gcc 12 then makes scalar code of it, forty times slower.)
#pragma omp parallel for schedule(static) reduction(+ : sum)
    for (int64_t i = 0; i < words; ++i) sum += data[i];
    sink = sum;
  });
  return static_cast<double>(words * sizeof(uint64_t)) / fastest * 1e-9;
}

}  // namespace gokart
