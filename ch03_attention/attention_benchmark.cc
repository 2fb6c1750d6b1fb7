// Every attention variant, measured the same way: forward, forward and backward, one decoded token
// with a cache.
//
//   bazel run //ch03_attention:attention_benchmark                     # all; takes half an hour
//   bazel run //ch03_attention:attention_benchmark -- --benchmark_filter='Training/(fused|gqa)/'
//   bazel run //ch03_attention:attention_benchmark -- --benchmark_format=json
//
// Names are PASS/VARIANT/B:.../T:.../C:...; for decoding, T counts the tokens in the cache with the
// new one. B:8/T:1024/C:768 is the workshop's setting. All have heads of 64 channels; grouped
// queries 3 groups for 12 heads, windows 256 tokens, latent vectors an eighth of C.
//
// Counters, of the fastest run: GFLOP/s of the products that the formula needs (what is computed in
// vain does not count); share of the best matrix product, measured in the same run; bytes at the
// peak of the pass, besides weights and input; bytes that a cache keeps for each token.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

#include "ch03_attention/make_attention.h"
#include "ch03_attention/measure_attention.h"
#include "tensor/kernels/ceilings.h"
#include "tensor/kernels/parallel.h"

namespace gokart {
namespace {

// The best so far, measured anew each time: where the machine has other work to do, one measurement
// may be at a bad moment, and everything would seem fast against it.
double Ceiling() {
  static double best = 0;
  best = std::max(best, kernels::MatMulCeiling(kernels::NumThreads()));
  return best;
}

void Attention(benchmark::State& state, const std::string& name, AttentionPass pass,
               int64_t width) {
  const AttentionProblem problem = {.attention = name,
                                    .config = {.d_in = width,
                                               .d_out = width,
                                               .num_heads = width / 64,
                                               .num_kv_groups = width / 256,
                                               .window = 256},
                                    .batch = state.range(0),
                                    .tokens = state.range(1)};
  const double ceiling = Ceiling();
  AttentionWork work(problem, pass);
  double fastest = work.Run();  // takes the memory that all later runs use again
  for (auto _ : state) {
    const double seconds = work.Run();
    state.SetIterationTime(seconds);
    fastest = std::min(fastest, seconds);
  }
  const double gflops = 1e-9 * work.flops() / fastest;
  state.counters["GFLOPS"] = gflops;
  state.counters["of_ceiling"] = gflops / ceiling;
  state.counters["peak_bytes"] = static_cast<double>(work.peak_bytes());
  state.counters["cache_bytes_per_token"] =
      work.cache_bytes() / static_cast<double>(problem.tokens);
}

struct Pass {
  const char* name;
  AttentionPass pass;
};

void RegisterAll() {
  for (const Pass& pass :
       {Pass{"Forward", AttentionPass::kForward}, Pass{"Training", AttentionPass::kTraining},
        Pass{"Decode", AttentionPass::kDecode}}) {
    for (const AttentionKind& kind : AttentionKinds()) {
      const auto add = [&](int64_t batch, int64_t tokens, int64_t width) {
        const std::string name = std::string(pass.name) + "/" + kind.name;
        benchmark::RegisterBenchmark(name.c_str(),
                                     [=, name = kind.name](benchmark::State& state) {
                                       Attention(state, name, pass.pass, width);
                                     })
            ->ArgNames({"B", "T", "C"})
            ->Args({batch, tokens, width})
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
      };
      for (int64_t tokens = 64; tokens <= 4096; tokens *= 2) add(1, tokens, 768);
      add(8, 1024, 768);  // the workshop's
    }
  }
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) {
  gokart::RegisterAll();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
