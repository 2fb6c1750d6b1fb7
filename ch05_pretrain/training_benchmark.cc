// How fast a model trains: forward, backward and AdamW, as in the training loop.
//
//   bazel run //ch05_pretrain:training_benchmark -- --benchmark_filter=gpt2-small
//
// Counters: tokens/s; GFLOP/s by the formulas of model_summary.h; share of the best matrix product
// measured in the same run; peak memory of the engine's buffers; blocks of memory that a step asked
// the system for, and pages that it touched for the first time: both 0 once buffers are reused.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <chrono>
#include <string>

#include "ch04_model/gpt_config.h"
#include "ch04_model/gpt_model.h"
#include "ch04_model/model_summary.h"
#include "ch05_pretrain/loss.h"
#include "tensor/buffer.h"
#include "tensor/kernels/ceilings.h"
#include "tensor/kernels/parallel.h"
#include "tensor/nn/adamw.h"
#include "tensor/random.h"

namespace gokart {
namespace {

// Tokens at random: what they are does not change the work.
Batch RandomBatch(const GptConfig& config, int64_t batch_size, int64_t tokens) {
  Generator generator(1);
  Batch batch{TokenIds::from_shape({static_cast<size_t>(batch_size), static_cast<size_t>(tokens)}),
              TokenIds::from_shape({static_cast<size_t>(batch_size), static_cast<size_t>(tokens)})};
  for (int32_t& id : batch.inputs)
    id = static_cast<int32_t>(generator.RandomInt(0, config.vocab_size));
  for (int32_t& id : batch.targets)
    id = static_cast<int32_t>(generator.RandomInt(0, config.vocab_size));
  return batch;
}

int64_t PageFaults() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

void TrainingStep(benchmark::State& state, GptConfig config, int64_t batch_size, int64_t tokens,
                  double drop_rate) {
  config.drop_rate = drop_rate;
  config.tie_weights = true;  // the 124M of GPT-2
  ManualSeed(1);
  GPTModel model(config);
  AdamW optimizer(model.NamedParameters(), {});
  const Batch batch = RandomBatch(config, batch_size, tokens);
  const auto step = [&] {
    LossOfBatch(model, batch).Backward();
    optimizer.Step();
    optimizer.ClearGrad();
  };
  for (int i = 0; i < 2; ++i) step();  // take the memory that all later steps use again
  const double ceiling = kernels::MatMulCeiling(kernels::NumThreads());
  ResetPoolPeak();
  const int64_t misses = GetPoolStats().misses;
  const int64_t faults = PageFaults();
  const auto started = std::chrono::steady_clock::now();
  for (auto _ : state) step();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  const double steps = static_cast<double>(state.iterations());
  const double tokens_per_second = steps * static_cast<double>(batch_size * tokens) / seconds;
  const double gflops = tokens_per_second * TrainingFlopsPerToken(config, tokens) / 1e9;
  state.counters["tokens/s"] = tokens_per_second;
  state.counters["GFLOP/s"] = gflops;
  state.counters["share_of_ceiling"] = gflops / ceiling;
  state.counters["peak_GB"] = static_cast<double>(GetPoolStats().peak_bytes) / 1e9;
  state.counters["new_blocks_per_step"] =
      static_cast<double>(GetPoolStats().misses - misses) / steps;
  state.counters["page_faults_per_step"] = static_cast<double>(PageFaults() - faults) / steps;
}

void Register() {
  struct Size {
    const char* model;
    int64_t batch_size, tokens;
  };
  for (const Size& s :
       {Size{"gpt2-small", 4, 256}, Size{"gpt2-small", 1, 1024}, Size{"laptop", 16, 256}}) {
    for (double drop_rate : {0.0, 0.1}) {
      const std::string name = std::string("BM_TrainingStep/") + s.model + "/" +
                               std::to_string(s.batch_size) + "x" + std::to_string(s.tokens) +
                               (drop_rate > 0 ? "/dropout:0.1" : "/dropout:0");
      benchmark::RegisterBenchmark(name.c_str(),
                                   [=](benchmark::State& state) {
                                     TrainingStep(state, *FindGptConfig(s.model), s.batch_size,
                                                  s.tokens, drop_rate);
                                   })
          ->Unit(benchmark::kMillisecond)
          ->UseRealTime()
          ->MinTime(5);
    }
  }
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) {
  gokart::Register();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
