// Fused attention against the machine's best matrix products. The last argument is the number of
// threads.
//
//   bazel run //tensor/kernels:attention_benchmark -- --benchmark_filter=Backward
//
// Counted are the multiplications and additions that a causal mask leaves, half of 4 B H T^2 D
// forward and 2.5 times that backward, nothing for the softmax. Counters, of the fastest iteration:
// GFLOPS and of_ceiling (share of the best plain product, measured in the same run).
#include <benchmark/benchmark.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "tensor/kernels/attention.h"
#include "tensor/kernels/ceilings.h"
#include "tensor/kernels/parallel.h"

namespace gokart::kernels {
namespace {

double Ceiling(int threads) {
  static std::map<int, double> known;
  const auto [entry, is_new] = known.try_emplace(threads, 0);
  if (is_new) entry->second = MatMulCeiling(threads);
  return entry->second;
}

std::vector<float> Inputs(int64_t n) {
  std::vector<float> x(n);
  for (int64_t i = 0; i < n; ++i) x[i] = static_cast<float>(i * 7919 % 8192) / 2048 - 2;
  return x;
}

// q, k and v side by side, as one projection leaves them, and what comes out.
struct Buffers {
  Buffers(const AttentionShape& s, bool dropout)
      : qkv(Inputs(s.batch * s.tokens * 3 * s.heads * s.head_dim)),
        dqkv(qkv.size()),
        out(qkv.size() / 3),
        dout(Inputs(out.size())),
        log_sum_exp(s.batch * s.heads * s.tokens) {
    if (dropout) keep.assign(s.batch * s.heads * s.tokens * s.tokens / 64 + 1, 0xfdfbf7efdfbf7fff);
  }
  std::vector<float> qkv, dqkv, out, dout, log_sum_exp;
  std::vector<uint64_t> keep;
};

template <bool kBackward, bool kDropout>
void Attention(benchmark::State& state) {
  AttentionShape s = {.batch = state.range(0),
                      .tokens = state.range(1),
                      .heads = state.range(2),
                      .head_dim = state.range(3)};
  const int64_t C = s.heads * s.head_dim;
  s.q_stride = s.kv_stride = 3 * C;
  const int threads = static_cast<int>(state.range(4));
  SetNumThreads(threads);
  Buffers b(s, kDropout);
  const AttentionDropout dropout = {kDropout ? b.keep.data() : nullptr, 1.0f / 0.9f};
  const float* x = b.qkv.data();
  float* dx = b.dqkv.data();
  double fastest = 1e300;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    AttentionForward(s, dropout, x, x + C, x + 2 * C, b.out.data(), b.log_sum_exp.data());
    if (kBackward) {
      AttentionBackward(s, dropout, x, x + C, x + 2 * C, b.out.data(), b.log_sum_exp.data(),
                        b.dout.data(), dx, dx + C, dx + 2 * C, /*accumulate=*/false);
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(seconds.count());
    fastest = std::min(fastest, seconds.count());
  }
  const double forward_flops = 2.0 * s.batch * s.heads * s.tokens * s.tokens * s.head_dim;
  const double gflops = 1e-9 * forward_flops * (kBackward ? 3.5 : 1) / fastest;
  state.counters["GFLOPS"] = gflops;
  state.counters["of_ceiling"] = gflops / Ceiling(threads);
}

void Shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"B", "T", "H", "D", "threads"})->UseManualTime()->Unit(benchmark::kMillisecond);
  const std::vector<std::vector<int64_t>> sizes = {
      {8, 1024, 12, 64}, {1, 4096, 12, 64}, {4, 256, 12, 64}, {1, 1024, 16, 64},
      {1, 2048, 1, 64},  {8, 128, 4, 32},   {2, 6, 2, 2}};
  for (const std::vector<int64_t>& size : sizes) {
    for (int64_t threads = 1; threads <= omp_get_num_procs(); threads *= 2) {
      b->Args({size[0], size[1], size[2], size[3], threads});
    }
  }
}
BENCHMARK(Attention<false, false>)->Name("Forward")->Apply(Shapes);
BENCHMARK(Attention<true, false>)->Name("ForwardAndBackward")->Apply(Shapes);
BENCHMARK(Attention<true, true>)->Name("ForwardAndBackwardWithDropout")->Apply(Shapes);

}  // namespace
}  // namespace gokart::kernels

BENCHMARK_MAIN();
