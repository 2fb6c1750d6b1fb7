// How close the kernels that move memory come to its speed, and what one element costs where
// arithmetic decides. The argument `threads` is the number of threads.
//
//   bazel run //tensor/kernels:kernel_benchmark -- --benchmark_filter=CrossEntropy
//
// Counters: GB_per_s of what a kernel has to read and write at least; of_read, its share of a plain
// read of memory measured in the same run; ns_per_element. That a cache line is read before it is
// overwritten is not counted, and what fits in the caches (a few MB) is above 1.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "tensor/kernels/activation.h"
#include "tensor/kernels/adamw.h"
#include "tensor/kernels/cross_entropy.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/kernels/embedding.h"
#include "tensor/kernels/layer_norm.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/reduce.h"
#include "tensor/kernels/softmax.h"

namespace gokart::kernels {
namespace {

using Floats = std::vector<float>;

/// GB/s of the best of several reads of 256 MB, which no cache holds, on `threads` threads.
double PlainReadSpeed(int threads) {
  static std::map<int, double> known;
  if (known.count(threads) != 0) return known[threads];
  static const std::vector<uint64_t> buffer(std::size_t{32} << 20, 1);
  const int64_t n = static_cast<int64_t>(buffer.size());
  double best = 0;
  for (int repeat = 0; repeat < 12; ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    uint64_t sum = 0;
#pragma omp parallel for simd reduction(+ : sum) num_threads(threads)
    for (int64_t i = 0; i < n; ++i) sum += buffer[i];
    benchmark::DoNotOptimize(sum);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(best, n * sizeof(uint64_t) / seconds.count() * 1e-9);
  }
  return known[threads] = best;
}

/// Numbers in [-4, 4).
Floats Inputs(int64_t n) {
  Floats x(n);
  for (int64_t i = 0; i < n; ++i) x[i] = static_cast<float>(i * 7919 % 8192) / 1024 - 4;
  return x;
}

/// Runs `kernel()` on range(0) threads; it handles `elements` and moves `floats` numbers per call.
template <typename Kernel>
void Measure(benchmark::State& state, int64_t elements, int64_t floats, const Kernel& kernel) {
  const int threads = static_cast<int>(state.range(0));
  const double read_speed = PlainReadSpeed(threads);
  const int before = NumThreads();
  SetNumThreads(threads);
  kernel();
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) {
    kernel();
    benchmark::ClobberMemory();
  }
  const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
  SetNumThreads(before);
  const double calls = static_cast<double>(state.iterations());
  const double speed = calls * floats * sizeof(float) / time.count();  // bytes per ns
  state.counters["GB_per_s"] = speed;
  state.counters["of_read"] = speed / read_speed;
  state.counters["ns_per_element"] = time.count() / (calls * elements);
}

// GPT-2 124M, batch 4 x 256: the sizes that a training step has.
constexpr int64_t kRows = 1024, kC = 768, kHidden = 4 * kC, kVocab = 50257;

void BM_Sum(benchmark::State& state) {
  const Floats x = Inputs(64 << 20);
  Measure(state, x.size(), x.size(), [&] { benchmark::DoNotOptimize(Sum(x.size(), x.data())); });
}

void BM_ActivationForward(benchmark::State& state, Activation activation) {
  const int64_t n = kRows * kHidden;
  const Floats x = Inputs(n);
  Floats y(n);
  Measure(state, n, 2 * n, [&] { ActivationForward(activation, n, x.data(), y.data()); });
}

void BM_ActivationBackward(benchmark::State& state, Activation activation) {
  const int64_t n = kRows * kHidden;
  const Floats x = Inputs(n), dy = x;
  Floats dx(n);
  Measure(state, n, 3 * n,
          [&] { ActivationBackward(activation, n, x.data(), dy.data(), dx.data(), false); });
}

void BM_LayerNormForward(benchmark::State& state) {
  const Floats x = Inputs(kRows * kC), scale = Inputs(kC), shift = scale;
  Floats y(kRows * kC), mean(kRows), rstd(kRows);
  Measure(state, kRows * kC, 2 * kRows * kC, [&] {
    LayerNormForward(kRows, kC, 1e-5f, x.data(), scale.data(), shift.data(), y.data(), mean.data(),
                     rstd.data());
  });
}

void BM_LayerNormBackward(benchmark::State& state) {
  const Floats x = Inputs(kRows * kC), dy = x, scale = Inputs(kC);
  Floats dx(kRows * kC), mean(kRows, 0.1f), rstd(kRows, 0.4f), dscale(kC), dshift(kC);
  Measure(state, kRows * kC, 3 * kRows * kC, [&] {
    LayerNormBackward(kRows, kC, x.data(), scale.data(), mean.data(), rstd.data(), dy.data(),
                      dx.data(), false, dscale.data(), false, dshift.data(), false);
  });
}

void BM_Softmax(benchmark::State& state) {
  const int64_t rows = 12 * kRows, c = 1024;
  const Floats x = Inputs(rows * c);
  Floats y(rows * c);
  Measure(state, rows * c, 2 * rows * c, [&] { SoftmaxForward(rows, c, x.data(), y.data()); });
}

void BM_SoftmaxBackward(benchmark::State& state) {
  const int64_t rows = 12 * kRows, c = 1024;
  const Floats y = Inputs(rows * c), dy = y;
  Floats dx(rows * c);
  Measure(state, rows * c, 3 * rows * c,
          [&] { SoftmaxBackward(rows, c, y.data(), dy.data(), dx.data(), false); });
}

void BM_CrossEntropyForward(benchmark::State& state) {
  const Floats logits = Inputs(kRows * kVocab);
  const std::vector<int32_t> targets(kRows, 17);
  Floats log_sum_exp(kRows);
  Measure(state, kRows * kVocab, kRows * kVocab, [&] {
    CrossEntropyForward(kRows, kVocab, logits.data(), targets.data(), -100, nullptr,
                        log_sum_exp.data());
  });
}

void BM_CrossEntropyBackwardInPlace(benchmark::State& state) {
  Floats logits = Inputs(kRows * kVocab);
  const std::vector<int32_t> targets(kRows, 17);
  const Floats log_sum_exp(kRows, 12.0f);
  Measure(state, kRows * kVocab, 2 * kRows * kVocab, [&] {
    CrossEntropyBackward(kRows, kVocab, logits.data(), targets.data(), -100, log_sum_exp.data(),
                         nullptr, 1.0f, logits.data(), false);
  });
}

void BM_CrossEntropyForwardAndBackward(benchmark::State& state) {
  Floats logits = Inputs(kRows * kVocab);
  const std::vector<int32_t> targets(kRows, 17);
  Floats log_sum_exp(kRows);
  Measure(state, kRows * kVocab, 3 * kRows * kVocab, [&] {
    CrossEntropyForward(kRows, kVocab, logits.data(), targets.data(), -100, nullptr,
                        log_sum_exp.data());
    CrossEntropyBackward(kRows, kVocab, logits.data(), targets.data(), -100, log_sum_exp.data(),
                         nullptr, 1.0f, logits.data(), false);
  });
}

void BM_AdamW(benchmark::State& state) {
  const int64_t n = int64_t{32} << 20;
  const Floats grad = Inputs(n);
  Floats weight = grad, m(n, 0.1f), v(n, 0.1f);
  int64_t step = 0;
  Measure(state, n, 7 * n,
          [&] { AdamWStep(n, {}, ++step, 1.0f, grad.data(), weight.data(), m.data(), v.data()); });
}

void BM_SumOfSquares(benchmark::State& state) {
  const Floats x = Inputs(64 << 20);
  Measure(state, x.size(), x.size(),
          [&] { benchmark::DoNotOptimize(SumOfSquares(x.size(), x.data())); });
}

void BM_Add(benchmark::State& state) {
  const int64_t n = state.range(1);
  const Floats a = Inputs(n), b = a;
  Floats y(n);
  Measure(state, n, 3 * n, [&] { Add(n, a.data(), b.data(), y.data()); });
}

void BM_AddTo(benchmark::State& state) {
  const int64_t n = state.range(1);
  const Floats x = Inputs(n);
  Floats y(n);
  Measure(state, n, 3 * n, [&] { AddTo(n, x.data(), y.data()); });
}

void BM_AddRow(benchmark::State& state) {
  const Floats x = Inputs(kRows * kHidden), row = Inputs(kHidden);
  Floats y(kRows * kHidden);
  Measure(state, kRows * kHidden, 2 * kRows * kHidden,
          [&] { AddRow(kRows, kHidden, x.data(), row.data(), y.data()); });
}

void BM_Fill(benchmark::State& state) {
  const int64_t n = int64_t{64} << 20;
  Floats y(n);
  Measure(state, n, n, [&] { Fill(n, 0.0f, y.data()); });
}

void BM_ApplyKeepBits(benchmark::State& state) {
  const int64_t n = kRows * kHidden;
  const Floats x = Inputs(n);
  const std::vector<uint64_t> keep(n / 64, 0xfedcba9876543210u);
  Floats y(n);
  Measure(state, n, 2 * n, [&] { ApplyKeepBits(n, keep.data(), 1.1f, x.data(), y.data(), false); });
}

void BM_SumRows(benchmark::State& state) {
  const int64_t rows = state.range(1), c = state.range(2);
  const Floats x = Inputs(rows * c);
  Floats out(c);
  Measure(state, rows * c, rows * c, [&] { SumRows(rows, c, x.data(), out.data(), false); });
}

void BM_MaxLastAxis(benchmark::State& state) {
  const Floats x = Inputs(kRows * kVocab);
  Floats max(kRows);
  std::vector<int32_t> argmax(kRows);
  Measure(state, kRows * kVocab, kRows * kVocab,
          [&] { MaxLastAxis(kRows, kVocab, x.data(), max.data(), argmax.data()); });
}

void BM_EmbeddingForward(benchmark::State& state) {
  const Floats table = Inputs(kVocab * kC);
  Floats y(kRows * kC);
  std::vector<int32_t> ids(kRows);
  for (int64_t i = 0; i < kRows; ++i) ids[i] = static_cast<int32_t>(i * 7919 % kVocab);
  Measure(state, kRows * kC, 2 * kRows * kC,
          [&] { EmbeddingForward(kRows, kC, table.data(), ids.data(), y.data()); });
}

void BM_EmbeddingBackward(benchmark::State& state) {
  const bool accumulate = state.range(1) != 0;
  Floats dtable(kVocab * kC);
  const Floats dy = Inputs(kRows * kC);
  std::vector<int32_t> ids(kRows);
  for (int64_t i = 0; i < kRows; ++i) ids[i] = static_cast<int32_t>(i * 7919 % kVocab);
  Measure(state, kRows * kC, (accumulate ? 0 : kVocab * kC) + 3 * kRows * kC, [&] {
    EmbeddingBackward(kRows, kC, kVocab, ids.data(), dy.data(), dtable.data(), accumulate);
  });
}

/// On one thread and on all.
void Threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")->Arg(1)->UseRealTime();
  if (NumThreads() > 1) benchmark->Arg(NumThreads());
}

BENCHMARK(BM_Sum)->Apply(Threads);
BENCHMARK_CAPTURE(BM_ActivationForward, gelu, Activation::kGelu)->Apply(Threads);
BENCHMARK_CAPTURE(BM_ActivationForward, gelu_exact, Activation::kGeluExact)->Apply(Threads);
BENCHMARK_CAPTURE(BM_ActivationForward, relu, Activation::kRelu)->Apply(Threads);
BENCHMARK_CAPTURE(BM_ActivationForward, silu, Activation::kSilu)->Apply(Threads);
BENCHMARK_CAPTURE(BM_ActivationForward, tanh, Activation::kTanh)->Apply(Threads);
BENCHMARK_CAPTURE(BM_ActivationForward, sigmoid, Activation::kSigmoid)->Apply(Threads);
BENCHMARK_CAPTURE(BM_ActivationBackward, gelu, Activation::kGelu)->Apply(Threads);
BENCHMARK_CAPTURE(BM_ActivationBackward, gelu_exact, Activation::kGeluExact)->Apply(Threads);
BENCHMARK_CAPTURE(BM_ActivationBackward, silu, Activation::kSilu)->Apply(Threads);
BENCHMARK_CAPTURE(BM_ActivationBackward, tanh, Activation::kTanh)->Apply(Threads);
BENCHMARK(BM_LayerNormForward)->Apply(Threads);
BENCHMARK(BM_LayerNormBackward)->Apply(Threads);
BENCHMARK(BM_Softmax)->Apply(Threads);
BENCHMARK(BM_SoftmaxBackward)->Apply(Threads);
BENCHMARK(BM_CrossEntropyForward)->Apply(Threads)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_CrossEntropyBackwardInPlace)->Apply(Threads)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_CrossEntropyForwardAndBackward)->Apply(Threads)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_AdamW)->Apply(Threads)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_SumOfSquares)->Apply(Threads);
BENCHMARK(BM_Add)
    ->ArgNames({"threads", "n"})
    ->ArgsProduct({{1, NumThreads()}, {1 << 12, 1 << 15, 1 << 20, 1 << 24}})
    ->UseRealTime();
BENCHMARK(BM_AddTo)
    ->ArgNames({"threads", "n"})
    ->ArgsProduct({{1, NumThreads()}, {1 << 12, 1 << 15, 1 << 20, 1 << 24}})
    ->UseRealTime();
BENCHMARK(BM_AddRow)->Apply(Threads);
BENCHMARK(BM_Fill)->Apply(Threads);
BENCHMARK(BM_ApplyKeepBits)->Apply(Threads);
BENCHMARK(BM_SumRows)
    ->ArgNames({"threads", "rows", "c"})
    ->ArgsProduct({{1, NumThreads()}, {1024}, {2, 768, 3072}})
    ->UseRealTime();
BENCHMARK(BM_MaxLastAxis)->Apply(Threads);
BENCHMARK(BM_EmbeddingForward)->Apply(Threads);
BENCHMARK(BM_EmbeddingBackward)
    ->ArgNames({"threads", "add"})
    ->ArgsProduct({{1, NumThreads()}, {0, 1}})
    ->UseRealTime();

}  // namespace
}  // namespace gokart::kernels

BENCHMARK_MAIN();
