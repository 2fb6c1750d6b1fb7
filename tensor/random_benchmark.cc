// What random numbers cost, beside the standard library's engine in the same run:
//
//   bazel run //tensor:random_benchmark
//
// items_per_second counts numbers, or dropout's decisions, of one thread. A training step of GPT-2
// 124M at batch 4 x 256 with dropout makes 57 million decisions: at 3 G/s, 19 ms of its 3 s.

#include <random>
#include <vector>

#include "benchmark/benchmark.h"
#include "tensor/random.h"

namespace gokart {
namespace {

constexpr int64_t kCount = 1 << 20;

// Dropout with the standard library's engine and PyTorch's recipe, decision by decision.
void BM_StandardDropout(benchmark::State& state) {
  std::mt19937 engine(123);
  std::vector<uint64_t> bits(kCount / 64);
  for (auto _ : state) {
    for (uint64_t& word : bits) {
      word = 0;
      for (int i = 0; i < 64; ++i) {
        const uint64_t high = engine();
        const uint64_t draw = (high << 32 | engine()) & ((uint64_t{1} << 53) - 1);
        word |= uint64_t{static_cast<double>(draw) * 0x1p-53 < 0.9} << i;
      }
    }
    benchmark::DoNotOptimize(bits.data());
  }
  state.SetItemsProcessed(state.iterations() * kCount);
}
BENCHMARK(BM_StandardDropout);

void BM_DropoutKeepBits(benchmark::State& state) {
  Generator generator(123);
  std::vector<uint64_t> bits(kCount / 64);
  for (auto _ : state) {
    generator.DropoutKeepBits(bits.data(), kCount, 0.1);
    benchmark::DoNotOptimize(bits.data());
  }
  state.SetItemsProcessed(state.iterations() * kCount);
}
BENCHMARK(BM_DropoutKeepBits);

void BM_Uniform(benchmark::State& state) {
  Generator generator(123);
  std::vector<float> x(kCount);
  for (auto _ : state) {
    generator.Uniform(x.data(), kCount);
    benchmark::DoNotOptimize(x.data());
  }
  state.SetItemsProcessed(state.iterations() * kCount);
}
BENCHMARK(BM_Uniform);

void BM_StandardNormal(benchmark::State& state) {
  std::mt19937 engine(123);
  std::normal_distribution<float> normal;
  std::vector<float> x(kCount);
  for (auto _ : state) {
    for (float& v : x) v = normal(engine);
    benchmark::DoNotOptimize(x.data());
  }
  state.SetItemsProcessed(state.iterations() * kCount);
}
BENCHMARK(BM_StandardNormal);

void BM_Normal(benchmark::State& state) {
  Generator generator(123);
  std::vector<float> x(kCount);
  for (auto _ : state) {
    generator.Normal(x.data(), kCount);
    benchmark::DoNotOptimize(x.data());
  }
  state.SetItemsProcessed(state.iterations() * kCount);
}
BENCHMARK(BM_Normal);

void BM_RandomPermutation(benchmark::State& state) {
  Generator generator(123);
  for (auto _ : state) benchmark::DoNotOptimize(generator.RandomPermutation(kCount));
  state.SetItemsProcessed(state.iterations() * kCount);
}
BENCHMARK(BM_RandomPermutation);

}  // namespace
}  // namespace gokart

BENCHMARK_MAIN();
