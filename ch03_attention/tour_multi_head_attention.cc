// Section 3.6 of the tour.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "ch03_attention/attention_picture.h"
#include "ch03_attention/example_sentence.h"
#include "ch03_attention/make_attention.h"
#include "ch03_attention/multi_head_attention.h"
#include "ch03_attention/multi_head_attention_wrapper.h"
#include "ch03_attention/tour_sections.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/matmul.h"
#include "tensor/random.h"
#include "workshop/human.h"
#include "workshop/section.h"
#include "workshop/table.h"

namespace gokart {

void ShowStackOfHeads(TourPage& page) {
  PrintSection("3.6.1", "Stacking several heads");
  PrintProse(
      "One head can look for one thing at a time. Several heads with weights of their own look for "
      "several, and their outputs are put side by side: two heads, [2, 6, 3] -> [2, 6, 4].");
  const std::vector<std::string> words = ExampleWords();
  ManualSeed(page.options().seed);
  const MultiHeadAttentionWrapper two({.d_in = 3, .d_out = 2, .context_length = 6, .num_heads = 2});
  page.Show("The first sequence (the second is its copy):",
            ops::Select(two.Forward(ExampleBatch()), 0, 0), words, {"head 1", "", "head 2", ""},
            page.IfSeeded({-0.4519, 0.2216,  0.4772, 0.1063, -0.5874, 0.0058,  0.5891, 0.3257,  //
                           -0.6300, -0.0632, 0.6202, 0.3860, -0.5675, -0.0843, 0.5478, 0.3589,  //
                           -0.5526, -0.0981, 0.5321, 0.3428, -0.5299, -0.1081, 0.5077, 0.3493}));
  ManualSeed(page.options().seed);
  const MultiHeadAttentionWrapper narrow(
      {.d_in = 3, .d_out = 1, .context_length = 6, .num_heads = 2});
  // Nothing to compare with: the table printed in the workshop's solution comes from older code.
  page.Show("The workshop's exercise 3.2: two numbers per token from two heads need d_out = 1.",
            ops::Select(narrow.Forward(ExampleBatch()), 0, 0), words, {"head 1", "head 2"});
}

void ShowBatchedProduct(TourPage& page) {
  PrintSection("3.6.2", "Splitting the weights: a batch of products");
  PrintProse(
      "A loop over heads computes many small products. It is faster to project once, for all heads "
      "together, and cut the result into heads; matrix products then run over the last two axes, "
      "one for each sequence and head. For a of shape [1, 2, 3, 4], one sequence, two heads, three "
      "tokens, four numbers each, a times its transpose is");
  const Tensor a = Tensor::FromValues(
      {1, 2, 3, 4}, {0.2745f, 0.6584f, 0.2775f, 0.8573f, 0.8993f, 0.0390f, 0.9268f, 0.7388f,
                     0.7179f, 0.7058f, 0.9156f, 0.4340f, 0.0772f, 0.3565f, 0.1479f, 0.5331f,
                     0.4066f, 0.2318f, 0.4545f, 0.9737f, 0.4606f, 0.5159f, 0.4220f, 0.5786f});
  const Tensor product = ops::Select(ops::MatMul(a, a, {.transpose_b = true}), 0, 0);  // [2, 3, 3]
  page.Show("head 1:", ops::Select(product, 0, 0), {}, {},
            {1.3208, 1.1631, 1.2879, 1.1631, 2.2150, 1.8424, 1.2879, 1.8424, 2.0402});
  page.Show("head 2:", ops::Select(product, 0, 1), {}, {},
            {0.4391, 0.7003, 0.5903, 0.7003, 1.3737, 1.0620, 0.5903, 1.0620, 0.9912});
}

void ShowMultiHeadAttention(TourPage& page) {
  PrintSection("3.6.2", "Multi-head attention");
  PrintProse(
      "MultiHeadAttention projects once, cuts into heads, attends, puts the heads' results side by "
      "side and mixes them with one more linear layer. This is the attention of a GPT.");
  const std::vector<std::string> words = ExampleWords();
  ManualSeed(page.options().seed);
  const MultiHeadAttention attention({.d_in = 3, .d_out = 2, .context_length = 6, .num_heads = 2});
  page.Show("Two heads of one number each, the first sequence:",
            ops::Select(attention.Forward(ExampleBatch()), 0, 0), words, {},
            page.IfSeeded({0.3190, 0.4858, 0.2943, 0.3897, 0.2856, 0.3593,  //
                           0.2693, 0.3873, 0.2639, 0.3928, 0.2575, 0.4028}));
  const Tensor weights =
      ops::Select(attention.AttentionWeights(ExampleBatch()), 0, 0);  // [2, 6, 6]
  for (int64_t h = 0; h < 2; ++h) {
    const std::string name = absl::StrFormat("head_%d", h + 1);
    page.Picture(AttentionPicture(absl::StrFormat("Multi-head attention, head %d of 2", h + 1),
                                  words, ops::Select(weights, 0, h), Future::kHidden),
                 name);
  }
  const MultiHeadAttention gpt2(
      {.d_in = 768, .d_out = 768, .context_length = 1024, .num_heads = 12});
  PrintProse(
      absl::StrFormat("\nThe workshop's exercise 3.3: in the smallest GPT-2, 12 heads share 768 "
                      "numbers. One such layer has %s "
                      "parameters, and the model has 12 layers.",
                      FormatCount(gpt2.NumParameters())));
}

namespace {

struct Times {
  double forward = std::numeric_limits<double>::infinity();  // seconds, the best of a few runs
  double both = std::numeric_limits<double>::infinity();     // with backward
};

Times Measure(const AttentionLayer& attention, const Tensor& x, const Tensor& seed) {
  using Clock = std::chrono::steady_clock;
  Times best;
  for (int run = 0; run < 3; ++run) {
    const auto start = Clock::now();
    const Tensor y = attention.Forward(x);
    const auto middle = Clock::now();
    y.Backward(seed);
    const auto end = Clock::now();
    best.forward = std::min(best.forward, std::chrono::duration<double>(middle - start).count());
    best.both = std::min(best.both, std::chrono::duration<double>(end - start).count());
  }
  return best;
}

double LargestDifference(const Tensor& a, const Tensor& b) {
  double largest = 0;
  for (int64_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a.data()[i]) - b.data()[i]));
  }
  return largest;
}

}  // namespace

void ShowFusedAttention(TourPage& page) {
  PrintSection("", "The same, fused");
  const AttentionConfig config = {
      .d_in = 768, .d_out = 768, .context_length = 1024, .num_heads = 12};
  const int64_t num_tokens = page.options().brief ? 512 : 1024;
  PrintProse(absl::StrFormat(
      "For %d tokens, 12 heads make %s of scores, which mask, softmax, dropout and two products "
      "write and read again, although half of them are masked. FusedMultiHeadAttention never has "
      "them in memory: it computes a tile of scores in the processor's cache, uses it and forgets "
      "it, and keeps one number per row for the gradient. One layer of the smallest GPT-2, timed "
      "here:\n\n",
      num_tokens, FormatBytes(12.0 * num_tokens * num_tokens * 4)));
  Generator generator(page.options().seed);
  Tensor x = Tensor::Empty({1, num_tokens, 768}), seed = Tensor::Empty(x.shape());
  generator.Normal(x.mutable_data(), x.size());
  generator.Normal(seed.mutable_data(), seed.size());
  Table table({"attention", "forward ms", "with backward ms"});
  std::vector<Tensor> outputs;
  for (const std::string name : {"didactic", "fused"}) {
    ManualSeed(page.options().seed);
    const std::unique_ptr<AttentionLayer> attention = MakeAttention(name, config);
    const Times times = Measure(*attention, x, seed);
    table.AddRow({name, absl::StrFormat("%.1f", times.forward * 1e3),
                  absl::StrFormat("%.1f", times.both * 1e3)});
    outputs.push_back(attention->Forward(x));
  }
  PrintBlock(table.ToText());
  PrintProse(absl::StrFormat("\nThe outputs agree within %.1g.",
                             LargestDifference(outputs[0], outputs[1])));
}

}  // namespace gokart
