// How fast GPT-2's tokenizer encodes on one thread, and how fast a vocabulary is learnt.
//
//     bazel run //ch02_data:tokenizer_benchmark
//
// For comparison: tiktoken 0.9 encodes English at 12.5 MB/s on one core of the developers' machine.
// "fresh" starts each pass over the text with a tokenizer that has encoded nothing yet; "warm" is
// the second pass and later ones.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "ch02_data/benchmark_texts.h"
#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/bpe_trainer.h"
#include "ch02_data/gpt2_for_test.h"
#include "ch02_data/gpt2_format.h"
#include "ch02_data/pretokenizer.h"
#include "workshop/assets.h"

namespace gokart {
namespace {

constexpr size_t kTextBytes = 8'000'000;

enum Text { kEnglish, kCode, kKorean };

const std::string& TextOf(int64_t which) {
  static const std::string texts[] = {EnglishProse(Gpt2ForTest().vocabulary(), kTextBytes),
                                      SourceCode(Gpt2ForTest().vocabulary(), kTextBytes),
                                      KoreanText(kTextBytes)};
  return texts[which];
}

void SetCounters(benchmark::State& state, size_t bytes, size_t tokens) {
  const double n = static_cast<double>(state.iterations());
  state.counters["MB/s"] =
      benchmark::Counter(n * static_cast<double>(bytes) / 1e6, benchmark::Counter::kIsRate);
  state.counters["tokens/s"] =
      benchmark::Counter(n * static_cast<double>(tokens), benchmark::Counter::kIsRate);
  if (tokens > 0) state.counters["bytes/token"] = static_cast<double>(bytes) / tokens;
}

void BM_EncodeFresh(benchmark::State& state) {
  const std::string& text = TextOf(state.range(0));
  size_t tokens = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto tokenizer = std::make_unique<BpeTokenizer>("fresh", Gpt2ForTest().vocabulary());
    state.ResumeTiming();
    const auto ids = tokenizer->EncodeOrdinary(text);
    tokens = ids.size();
    benchmark::DoNotOptimize(ids.data());
    state.PauseTiming();
    tokenizer.reset();
    state.ResumeTiming();
  }
  SetCounters(state, text.size(), tokens);
}

void BM_EncodeWarm(benchmark::State& state) {
  const std::string& text = TextOf(state.range(0));
  size_t tokens = Gpt2ForTest().EncodeOrdinary(text).size();
  for (auto _ : state) {
    const auto ids = Gpt2ForTest().EncodeOrdinary(text);
    benchmark::DoNotOptimize(ids.data());
  }
  SetCounters(state, text.size(), tokens);
}

// Only cutting into pieces: the share of the time that no merging or caching can save.
void BM_Pretokenize(benchmark::State& state) {
  const std::string& text = TextOf(state.range(0));
  for (auto _ : state) {
    size_t pieces = 0;
    for (size_t begin = 0; begin < text.size(); ++pieces) begin = PieceEnd(text, begin);
    benchmark::DoNotOptimize(pieces);
  }
  SetCounters(state, text.size(), 0);
}

void BM_Decode(benchmark::State& state) {
  const std::string& text = TextOf(state.range(0));
  const auto ids = Gpt2ForTest().EncodeOrdinary(text);
  for (auto _ : state) benchmark::DoNotOptimize(Gpt2ForTest().Decode(ids));
  SetCounters(state, text.size(), ids.size());
}

// tokens/s: the length of the text in tokens of the vocabulary that it gave.
void BM_Train(benchmark::State& state) {
  const std::string& text = TextOf(kEnglish);
  size_t tokens = 0;
  for (auto _ : state) {
    BpeTrainer trainer;
    trainer.AddText(text);
    const auto vocabulary = trainer.Train({.vocab_size = static_cast<int>(state.range(0))});
    state.PauseTiming();
    tokens = BpeTokenizer("trained", *vocabulary).EncodeOrdinary(text).size();
    state.ResumeTiming();
  }
  SetCounters(state, text.size(), tokens);
}

void BM_LoadGpt2(benchmark::State& state) {
  const std::string encoder = AssetPath("gpt2/encoder.json"), merges = AssetPath("gpt2/vocab.bpe");
  for (auto _ : state) benchmark::DoNotOptimize(LoadGpt2(encoder, merges));
}

BENCHMARK(BM_EncodeFresh)->ArgName("english0_code1_korean2")->DenseRange(0, 2);
BENCHMARK(BM_EncodeWarm)->ArgName("english0_code1_korean2")->DenseRange(0, 2);
BENCHMARK(BM_Pretokenize)->ArgName("english0_code1_korean2")->DenseRange(0, 2);
BENCHMARK(BM_Decode)->ArgName("english0_code1_korean2")->DenseRange(0, 2);
BENCHMARK(BM_Train)->ArgName("vocab_size")->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_LoadGpt2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace gokart

BENCHMARK_MAIN();
