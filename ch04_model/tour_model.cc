// Sections 4.1 and 4.5 to 4.7 of the tour: the model as a whole.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "ch02_data/load_tokenizer.h"
#include "ch03_attention/make_attention.h"
#include "ch04_model/dummy_gpt_model.h"
#include "ch04_model/generate.h"
#include "ch04_model/gpt_model.h"
#include "ch04_model/model_summary.h"
#include "ch04_model/summary_report.h"
#include "ch04_model/tour_sections.h"
#include "nlohmann/json.hpp"
#include "tensor/nn/adamw.h"
#include "tensor/ops/cross_entropy.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/softmax.h"
#include "tensor/random.h"
#include "workshop/human.h"
#include "workshop/section.h"
#include "workshop/table.h"

namespace gokart::model_tour {
namespace {

// "Every effort moves you" and "Every day holds a" in GPT-2's tokens.
TokenIds ExampleBatch() { return {{6109, 3626, 6100, 345}, {6109, 1110, 6622, 257}}; }

// Columns [begin, end) of the logits of token t of sequence b.
Tensor Columns(const Tensor& logits, int64_t b, int64_t t, int64_t begin, int64_t end) {
  return ops::Slice(ops::Select(ops::Select(logits, 0, b), 0, t), 0, begin, end);
}

double Seconds(const std::chrono::steady_clock::time_point& start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// GPT-2's tokenizer, or nullptr with a line that says where it comes from.
std::unique_ptr<Tokenizer> Gpt2Tokenizer() {
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = LoadTokenizer("gpt2");
  if (tokenizer.ok()) return *std::move(tokenizer);
  PrintProse(absl::StrCat("(No text for these ids: ", tokenizer.status().message(),
                          ". ./setup.sh puts the files there.)"));
  return nullptr;
}

void ShowLikeliest(const GPTModel& model, const TokenIds& ids, const Tokenizer* tokenizer) {
  const Tensor logits = model.ForwardLast(ids);       // [1, V]
  const Tensor probabilities = ops::Softmax(logits);  // [1, V]
  std::vector<int32_t> order(static_cast<size_t>(logits.dim(1)));
  std::iota(order.begin(), order.end(), 0);
  std::partial_sort(order.begin(), order.begin() + 5, order.end(),
                    [&](int32_t a, int32_t b) { return logits.data()[a] > logits.data()[b]; });
  Table table({"token", "logit", "probability", "text"});
  for (int i = 0; i < 5; ++i) {
    const int32_t id = order[i];
    table.AddRow({absl::StrCat(id), absl::StrFormat("%.4f", logits.data()[id]),
                  absl::StrFormat("%.6f", probabilities.data()[id]),
                  tokenizer == nullptr ? "" : absl::StrCat("\"", tokenizer->Decode({id}), "\"")});
  }
  PrintBlock(table.ToText());
}

void ShowText(ModelTourPage& page, GPTModel& model) {
  PrintSection("4.7", "Generating text");
  PrintProse(
      "A GPT writes one token at a time: the logits at the last position say what may come next, "
      "the largest one is taken (\"greedy\"), appended, and all is read again. Softmax would make "
      "probabilities of the logits but not change which is the largest. From \"Hello, I am\", the "
      "five likeliest next tokens are\n\n");
  const std::unique_ptr<Tokenizer> tokenizer = Gpt2Tokenizer();
  const TokenIds start = {{15496, 11, 314, 716}};
  const NoGrad no_grad;
  const EvalMode eval(model);
  ShowLikeliest(model, start, tokenizer.get());
  const TokenIds out = GenerateTextSimple(model, start, 6, model.config.context_length);
  const std::vector<int32_t> ids(out.begin(), out.end());
  PrintProse("\nand six new tokens make");
  PrintBlock(absl::StrCat("[", absl::StrJoin(ids, ", "), "]"));
  if (tokenizer != nullptr) PrintBlock(tokenizer->Decode(ids));
  page.Compare({out.begin(), out.end()},
               {15496, 11, 314, 716, 27018, 24086, 47843, 30961, 42348, 7267}, Drawn::kFromSeed);
  PrintProse(absl::StrFormat(
      "\nIt is gibberish because nothing was learned yet: a model that knows nothing would give "
      "each of the %s tokens the probability %.6f. Training is chapter 5.",
      FormatCount(model.config.vocab_size), 1.0 / static_cast<double>(model.config.vocab_size)));
}

// Best of a few runs, in seconds.
template <typename Run>
double BestTime(int runs, const Run& run) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    run();
    best = std::min(best, Seconds(start));
  }
  return best;
}

TokenIds RandomIds(int64_t b, int64_t t, int64_t vocab_size, uint64_t seed) {
  Generator generator(seed);
  TokenIds ids = TokenIds::from_shape({static_cast<size_t>(b), static_cast<size_t>(t)});
  for (int32_t& id : ids) id = static_cast<int32_t>(generator.RandomInt(0, vocab_size));
  return ids;
}

}  // namespace

void ShowOutline(ModelTourPage& page) {
  PrintSection("4.1", "The outline of a GPT");
  PrintProse(
      "A GPT is tokens looked up in a table, a number of equal blocks, and a linear layer that "
      "gives each word of the vocabulary a score, a logit, at each position. The sizes of the "
      "smallest GPT-2:\n\n");
  const GptConfig config = *FindGptConfig("gpt2-small");
  PrintBlock(GptConfigToJson(config).dump(2));
  PrintProse("\nTwo texts as GPT-2's tokens, a batch [2, 4]:\n\n");
  Table table({"text", "token ids"});
  table.AddRow({"Every effort moves you", "6109 3626 6100 345"});
  table.AddRow({"Every day holds a", "6109 1110 6622 257"});
  PrintBlock(table.ToText());
  ManualSeed(page.options().seed);
  const DummyGPTModel model(config);
  const NoGrad no_grad;
  const Tensor logits = model.Forward(ExampleBatch());  // [2, 4, V]
  PrintProse(absl::StrCat(
      "\nDummyGPTModel has placeholders for the blocks, which this chapter fills in. Its logits "
      "have the right shape, ",
      logits.shape().ToString(), ", and no meaning (dropout is active, as in the workshop):"));
  PrintBlock(logits.ToString());
  const int64_t v = config.vocab_size;
  page.Compare(ops::Concat({Columns(logits, 0, 0, 0, 3), Columns(logits, 0, 0, v - 3, v)}, 0),
               {-1.2034, 0.3201, -0.7130, -1.5548, -0.2390, -0.4667});
}

void ShowTransformerBlock(ModelTourPage& page) {
  PrintSection("4.5", "The transformer block");
  PrintProse(
      "Attention lets tokens look at those before them; the feed-forward network then works on "
      "each token for itself. Before each stands a layer norm, around each a shortcut:\n\n"
      "  x = x + dropout(attention(norm1(x)))\n"
      "  x = x + dropout(feed_forward(norm2(x)))\n");
  ManualSeed(page.options().seed);
  const GptConfig config = *FindGptConfig("gpt2-small");
  const TransformerBlock block(config);
  Tensor x = Tensor::Empty({2, 4, config.emb_dim});
  GlobalGenerator().Uniform(x.mutable_data(), x.size());
  const NoGrad no_grad;
  PrintProse(absl::StrCat(
      "\nThe shape stays, ", x.shape().ToString(), " -> ", block.Forward(x).shape().ToString(),
      ", so that blocks can be stacked. The workshop's exercise 4.1, the parameters:\n\n"));
  Table table({"part of a block", "parameters"});
  table.AddRow({"attention", FormatCount(block.att->NumParameters())});
  table.AddRow({"feed-forward", FormatCount(block.ff.NumParameters())});
  table.AddRow({"layer norms", FormatCount(4 * config.emb_dim)});
  table.AddRow({"all", FormatCount(block.NumParameters())});
  PrintBlock(table.ToText());
  page.Compare({block.att->NumParameters(), block.ff.NumParameters()}, {2360064, 4722432},
               Drawn::kNot);
}

void ShowModelAndText(ModelTourPage& page) {
  PrintSection("4.6", "The model");
  const GptConfig config = *FindGptConfig("gpt2-small");
  ManualSeed(page.options().seed);
  const auto start = std::chrono::steady_clock::now();
  GPTModel model(config);
  const double seconds = Seconds(start);
  const int64_t all = model.NumParameters(), head = model.out_head->NumParameters();
  PrintProse(absl::StrFormat(
      "GPTModel with the sizes of gpt2-small has %s parameters, made here in %s. The model is "
      "called "
      "124M because GPT-2 used the token embedding's table as the head too (\"weight tying\"), "
      "which leaves %s. In float32 that is %.2f MB of 1024 * 1024 bytes, head included.",
      FormatCount(all), FormatDuration(seconds), FormatCount(all - head),
      4.0 * static_cast<double>(all) / (1 << 20)));
  page.Compare({all, all - head}, {163009536, 124412160}, Drawn::kNot);
  {
    const NoGrad no_grad;
    const Tensor logits = model.Forward(ExampleBatch());  // [2, 4, V]
    PrintProse("\nLogits of the two texts, with dropout active, as in the workshop:");
    PrintBlock(logits.ToString());
    const int64_t v = config.vocab_size;
    page.Compare(ops::Concat({Columns(logits, 0, 0, 0, 3), Columns(logits, 0, 0, v - 3, v),
                              Columns(logits, 1, 3, 0, 3), Columns(logits, 1, 3, v - 3, v)},
                             0),
                 {0.3613, 0.4222, -0.0711, 0.3483, 0.4661, -0.2838,  //
                  -0.1565, 0.3926, 0.3288, 1.2630, -0.1858, 0.0388});
  }
  ShowText(page, model);
}

void ShowSizes(ModelTourPage& page) {
  PrintSection("", "Where the parameters are, and the work");
  const GptConfig config = *FindGptConfig("gpt2-small");
  PrintProse("gpt2-small at its full context, 1024 tokens:\n\n");
  PrintBlock(PartsTable(config, config.context_length));
  PrintProse("\nWhat a training step of 4 x 256 tokens keeps in memory:\n\n");
  PrintBlock(MemoryTable(config, {.batch_size = 4, .num_tokens = 256}));
  PrintProse("\nThe workshop's exercise 4.2: the larger ones, and two that suit a laptop.\n\n");
  PrintBlock(NamedConfigsTable());
  std::vector<int64_t> parameters, macs;
  for (const NamedGptConfig& named : NamedGptConfigs()) {
    if (named.name.substr(0, 5) != "gpt2-") continue;
    parameters.push_back(NumParameters(named.config));
    macs.push_back(LinearMacsPerToken(named.config));
  }
  page.Compare(parameters, {163009536, 406212608, 838220800, 1637792000}, Drawn::kNot);
  PrintProse(
      "\nWhat one token costs, at the full context. A multiply-add (MAC) is two floating point "
      "operations (FLOPs); training takes three times as many as a forward pass.\n\n");
  PrintBlock(NamedConfigsCostTable());
  page.Compare(macs, {123532032, 353453056, 772117760, 1554971200}, Drawn::kNot);
}

void ShowAttentionKinds(ModelTourPage& page) {
  PrintSection("", "One model, many kinds of attention");
  PrintProse(
      "config.attention chooses what stands in the blocks: chapter 3's own class, step by step, or "
      "the fused operation. From the same seed both give the same logits within rounding. The "
      "laptop model on 8 x 256 tokens:\n\n");
  Table table({"attention", "forward ms", "largest difference"});
  GptConfig config = *FindGptConfig("laptop");
  const TokenIds ids = RandomIds(8, 256, config.vocab_size, page.options().seed);
  const NoGrad no_grad;
  Tensor first;
  for (const std::string name : {"fused", "didactic"}) {
    config.attention = name;
    ManualSeed(page.options().seed);
    const GPTModel model(config);
    Tensor logits;
    const double seconds = BestTime(3, [&] { logits = model.Forward(ids); });
    if (!first.defined()) first = logits;
    float largest = 0;
    for (int64_t i = 0; i < logits.size(); ++i) {
      largest = std::max(largest, std::abs(logits.data()[i] - first.data()[i]));
    }
    table.AddRow({name, absl::StrFormat("%.1f", 1e3 * seconds), absl::StrFormat("%.1g", largest)});
  }
  PrintBlock(table.ToText());
  const GptConfig small = *FindGptConfig("gpt2-small");
  PrintProse(absl::StrFormat(
      "\nChapter 3 has more of them (--attention=NAME). What each would make of gpt2-small at %d "
      "tokens, its full context: parameters, operations for each token, what generating keeps of a "
      "sequence, what training keeps of one. The first nine are the same function, and differ in "
      "what they keep. Those below save cache; rope, alibi and deltanet also the table of "
      "positions.\n\n",
      small.context_length));
  PrintBlock(AttentionKindsTable(small, small.context_length));
}

void ShowSpeed(ModelTourPage& page) {
  PrintSection("", "What that means on this machine");
  const GptConfig config = *FindGptConfig("laptop");
  constexpr int64_t kB = 8, kT = 256;
  ManualSeed(page.options().seed);
  const GPTModel model(config);
  AdamW optimizer(model.NamedParameters(), {});
  const TokenIds ids = RandomIds(kB, kT, config.vocab_size, page.options().seed);
  const double seconds = BestTime(4, [&] {
    ops::CrossEntropy(model.Forward(ids), Flat(ids)).Backward();
    optimizer.Step();
    optimizer.ClearGrad();
  });
  const double rate = kB * kT * TrainingFlopsPerToken(config, kT) / seconds;  // FLOPs per second
  const double small = TrainingFlopsPerToken(*FindGptConfig("gpt2-small"), kT);
  PrintProse(absl::StrFormat(
      "A training step of the laptop model on %d x %d tokens takes %s here: %s tokens per second, "
      "%.0f GFLOP/s. At this rate gpt2-small would train on %.0f tokens per second; larger "
      "matrices "
      "run faster, so it may be more. Chapter 1 measures the machine's limits.",
      kB, kT, FormatDuration(seconds), FormatCount(static_cast<int64_t>(kB * kT / seconds)),
      rate / 1e9, rate / small));
}

}  // namespace gokart::model_tour
