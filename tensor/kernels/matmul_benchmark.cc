// MatMul beside a plain multi-threaded call of oneDNN for the same product, in turns, so that both
// meet the same conditions. The last argument is the number of threads.
//
//   bazel run //tensor/kernels:matmul_benchmark -- --benchmark_filter=Forward
//
// Counters, of the fastest iteration: GFLOPS, of_plain (plain time / ours), of_ceiling (share of
// the best plain product of any shape), and for products bound by memory GB_per_s and of_read.
#include <benchmark/benchmark.h>
#include <dnnl.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "tensor/kernels/ceilings.h"
#include "tensor/kernels/matmul.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/scratch.h"

namespace gokart::kernels {
namespace {

double Ceiling(double (*measure)(int), int threads) {
  static std::map<std::pair<double (*)(int), int>, double> known;
  const auto [entry, is_new] = known.try_emplace({measure, threads}, 0);
  if (is_new) entry->second = measure(threads);
  return entry->second;
}

template <typename Work>
double Seconds(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void PlainMatMul(const MatMulShape& s, const float* a, const float* b, float* c) {
  dnnl_sgemm(s.transpose_a ? 'T' : 'N', s.transpose_b ? 'T' : 'N', s.m, s.n, s.k, 1.0f, a,
             s.transpose_a ? s.m : s.k, b, s.transpose_b ? s.k : s.n, 0.0f, c, s.n);
}

void Measure(benchmark::State& state, const MatMulShape& s) {
  const int threads = static_cast<int>(state.range(3));
  SetNumThreads(threads);
  Scratch a_memory, b_memory, c_memory;
  float *a = a_memory.Get(s.m * s.k), *b = b_memory.Get(s.k * s.n), *c = c_memory.Get(s.m * s.n);
  std::fill(a, a + s.m * s.k, 0.5f);
  std::fill(b, b + s.k * s.n, 0.25f);
  double plain = 1e300, ours = 1e300;
  PlainMatMul(s, a, b, c);
  for (auto _ : state) {
    plain = std::min(plain, Seconds([&] { PlainMatMul(s, a, b, c); }));
    const double seconds = Seconds([&] { MatMul(s, a, b, c); });
    ours = std::min(ours, seconds);
    state.SetIterationTime(seconds);
  }
  const double flops = 2.0 * s.m * s.n * s.k;
  state.counters["GFLOPS"] = 1e-9 * flops / ours;
  state.counters["of_plain"] = plain / ours;
  state.counters["of_ceiling"] = 1e-9 * flops / ours / Ceiling(MatMulCeiling, threads);
  if (std::min({s.m, s.n, s.k}) > 16) return;
  const double gigabytes = 4e-9 * (s.m * s.k + s.k * s.n + s.m * s.n);
  state.counters["GB_per_s"] = gigabytes / ours;
  state.counters["of_read"] = gigabytes / ours / Ceiling(MemoryReadCeiling, threads);
}

// A linear layer for M tokens, from K to N features: y[M, N] = x[M, K] W[N, K]^T.
void Forward(benchmark::State& state) {
  Measure(state,
          {.m = state.range(0), .n = state.range(1), .k = state.range(2), .transpose_b = true});
}

// dx[M, K] = dy[M, N] W[N, K]
void InputGradient(benchmark::State& state) {
  Measure(state, {.m = state.range(0), .n = state.range(2), .k = state.range(1)});
}

// dW[N, K] = dy[M, N]^T x[M, K]
void WeightGradient(benchmark::State& state) {
  Measure(state,
          {.m = state.range(1), .n = state.range(2), .k = state.range(0), .transpose_a = true});
}

void GroupOfThreads(benchmark::internal::Benchmark* b,
                    const std::vector<std::vector<int64_t>>& sizes) {
  b->ArgNames({"M", "N", "K", "threads"})->UseManualTime()->Unit(benchmark::kMillisecond);
  for (const std::vector<int64_t>& size : sizes) {
    for (int64_t threads = 1; threads <= omp_get_num_procs(); threads *= 2) {
      b->Args({size[0], size[1], size[2], threads});
    }
  }
}

// GPT-2's layers for 1024 tokens; gpt2-medium's, whose powers of two are hard on caches; teaching
// models.
void TrainingShapes(benchmark::internal::Benchmark* b) {
  GroupOfThreads(b, {{1024, 768, 768},
                     {1024, 2304, 768},
                     {1024, 3072, 768},
                     {1024, 768, 3072},
                     {1024, 50257, 768},
                     {1024, 4096, 1024},
                     {1024, 1024, 4096},
                     {2048, 16, 768},
                     {4096, 2, 768},
                     {512, 192, 192},
                     {128, 64, 64}});
}
BENCHMARK(Forward)->Apply(TrainingShapes);
BENCHMARK(InputGradient)->Apply(TrainingShapes);
BENCHMARK(WeightGradient)->Apply(TrainingShapes);

// One to eight rows at a time.
void DecodingShapes(benchmark::internal::Benchmark* b) {
  GroupOfThreads(b, {{1, 50257, 768},
                     {2, 50257, 768},
                     {4, 50257, 768},
                     {8, 50257, 768},
                     {16, 50257, 768},
                     {1, 3072, 768},
                     {8, 3072, 768}});
}
BENCHMARK(Forward)->Name("Decoding")->Apply(DecodingShapes);
// The same with weights stored (in, out).
BENCHMARK(InputGradient)->Name("DecodingUntransposed")->Apply([](auto* b) {
  GroupOfThreads(b, {{1, 768, 50257}, {4, 768, 50257}});
});

}  // namespace
}  // namespace gokart::kernels

BENCHMARK_MAIN();
