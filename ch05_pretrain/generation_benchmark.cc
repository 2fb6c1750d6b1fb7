// How fast a model of GPT-2's smallest size (124M, random weights) generates: token by token, whose
// limit is the time that reading the weights takes, and prompts, whose limit is arithmetic.
//
//   bazel run //ch05_pretrain:generation_benchmark -- --benchmark_filter=Decode/q8
//
// Decode/FORMAT/SEQUENCES: 128 new tokens for each of so many sequences side by side. In turns with
// runs of 16 steps a plain read of memory is timed. Counters: ms_per_step (a token for each
// sequence) and tokens/s over all steps; of the fastest run best_ms_per_step; of_read, the bytes of
// weights read per second in the fastest run as a share of the fastest plain read; of_read_mean,
// the same from all runs and all reads; read_GB/s.
//
// Prompt/FORMAT/TOKENS: a prompt up to its last token's logits. Counters: tokens/s; GFLOP/s;
// of_matmul, the share of the best plain matrix product.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ch04_model/gpt_config.h"
#include "ch04_model/gpt_model.h"
#include "ch04_model/key_value_cache.h"
#include "ch04_model/sequence.h"
#include "tensor/buffer.h"
#include "tensor/kernels/ceilings.h"
#include "tensor/kernels/parallel.h"
#include "tensor/random.h"

namespace gokart {
namespace {

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// GPT-2 124M with its weights in `format`, or as floats.
std::unique_ptr<GPTModel> MakeModel(const std::optional<WeightFormat>& format) {
  GptConfig config = *FindGptConfig("gpt2-small");
  config.qkv_bias = true;
  config.tie_weights = true;
  ManualSeed(1);
  auto model = std::make_unique<GPTModel>(config);
  model->Eval();
  if (format) model->QuantizeWeights(*format);
  ReleasePoolCache();
  return model;
}

// Bytes of weights that a token needs: all but the positions, of which it needs a row.
double BytesPerStep(const GPTModel& model) {
  return static_cast<double>(model.WeightBytes() - 4 * model.pos_emb.weight.size());
}

// Times of decoding and of plain reads.
struct Times {
  double fastest = 1e300, total = 0;  // seconds per step; seconds in all
  double best_read = 0, read_sum = 0;
  int64_t steps = 0, reads = 0;
};

void DecodeRun(const GPTModel& model, std::vector<Sequence>& sequences, int64_t steps,
               Times& times) {
  std::vector<Sequence*> all;
  for (Sequence& sequence : sequences) all.push_back(&sequence);
  const double start = Now();
  for (int64_t step = 0; step < steps; ++step) {
    const Tensor logits = NextLogits(model, all);
    for (size_t b = 0; b < all.size(); ++b) {
      const float* const row = logits.data() + static_cast<int64_t>(b) * logits.dim(1);
      all[b]->Append(static_cast<int32_t>(std::max_element(row, row + logits.dim(1)) - row));
    }
  }
  const double seconds = Now() - start;
  times.fastest = std::min(times.fastest, seconds / static_cast<double>(steps));
  times.total += seconds;
  times.steps += steps;
}

void Decode(benchmark::State& state, const std::optional<WeightFormat>& format, size_t batch) {
  constexpr int64_t kNewTokens = 128, kStepsInARun = 16;
  const std::unique_ptr<GPTModel> model = MakeModel(format);
  const kernels::MemoryReader reader;
  const int threads = kernels::NumThreads();
  Times times;
  for (auto _ : state) {
    std::vector<Sequence> sequences;
    for (size_t b = 0; b < batch; ++b) {
      sequences.emplace_back(*model, std::vector<int32_t>{15496, 11, 314, 716});
    }
    Times prompt;
    DecodeRun(*model, sequences, 1, prompt);
    const double before = times.total;
    for (int64_t done = 0; done < kNewTokens; done += kStepsInARun) {
      const double read = reader.Read(threads);
      times.best_read = std::max(times.best_read, read);
      times.read_sum += read;
      ++times.reads;
      DecodeRun(*model, sequences, kStepsInARun, times);
    }
    state.SetIterationTime(times.total - before);
  }
  const double steps = static_cast<double>(times.steps), gigabytes = 1e-9 * BytesPerStep(*model);
  const double mean_read = times.read_sum / static_cast<double>(times.reads);
  state.counters["ms_per_step"] = 1e3 * times.total / steps;
  state.counters["best_ms_per_step"] = 1e3 * times.fastest;
  state.counters["tokens/s"] = static_cast<double>(batch) * steps / times.total;
  state.counters["of_read"] = gigabytes / times.fastest / times.best_read;
  state.counters["of_read_mean"] = gigabytes * steps / times.total / mean_read;
  state.counters["read_GB/s"] = times.best_read;
}

// Multiplications and additions of a prompt of T tokens: in each layer 12 C^2 weights, causal
// attention over T / 2 keys on average, twice; and the head once.
double PromptFlops(const GptConfig& c, double tokens) {
  const double width = static_cast<double>(c.emb_dim), layers = static_cast<double>(c.n_layers);
  return 2 * tokens * layers * (12 * width * width + tokens * width) +
         2 * width * static_cast<double>(c.vocab_size);
}

void Prompt(benchmark::State& state, const std::optional<WeightFormat>& format, int64_t tokens) {
  const std::unique_ptr<GPTModel> model = MakeModel(format);
  const int threads = kernels::NumThreads();
  TokenIds ids = TokenIds::from_shape({size_t{1}, static_cast<size_t>(tokens)});
  for (int64_t t = 0; t < tokens; ++t) ids(0, t) = static_cast<int32_t>(t * 31 % 50257);
  double fastest = 1e300, ceiling = 0;
  for (auto _ : state) {
    ceiling = std::max(ceiling, kernels::MatMulCeiling(threads));
    KeyValueCache cache = model->MakeCache();
    KeyValueCache* const caches[] = {&cache};
    const double start = Now();
    benchmark::DoNotOptimize(model->ForwardCached(ids, caches));
    const double seconds = Now() - start;
    fastest = std::min(fastest, seconds);
    state.SetIterationTime(seconds);
  }
  const double gflops = 1e-9 * PromptFlops(model->config, static_cast<double>(tokens)) / fastest;
  state.counters["tokens/s"] = static_cast<double>(tokens) / fastest;
  state.counters["GFLOP/s"] = gflops;
  state.counters["of_matmul"] = gflops / ceiling;
}

void Register() {
  std::vector<std::pair<std::string, std::optional<WeightFormat>>> formats = {
      {"float32", std::nullopt}};
  for (const WeightFormatInfo& info : WeightFormats()) formats.push_back({info.name, info.format});
  for (const auto& [name, format] : formats) {
    for (size_t batch : {1, 4, 8}) {
      benchmark::RegisterBenchmark(
          ("Decode/" + name + "/" + std::to_string(batch)).c_str(),
          [format = format, batch](benchmark::State& state) { Decode(state, format, batch); })
          ->Unit(benchmark::kMillisecond)
          ->UseManualTime()
          ->Iterations(4);
    }
    for (int64_t tokens : {128, 1024}) {
      benchmark::RegisterBenchmark(
          ("Prompt/" + name + "/" + std::to_string(tokens)).c_str(),
          [format = format, tokens](benchmark::State& state) { Prompt(state, format, tokens); })
          ->Unit(benchmark::kMillisecond)
          ->UseManualTime()
          ->Iterations(4);
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
