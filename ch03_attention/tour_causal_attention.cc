// Section 3.5 of the tour.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "ch03_attention/attention_picture.h"
#include "ch03_attention/causal_attention.h"
#include "ch03_attention/causal_mask.h"
#include "ch03_attention/example_sentence.h"
#include "ch03_attention/self_attention.h"
#include "ch03_attention/tour_sections.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/dropout.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/softmax.h"
#include "tensor/random.h"
#include "workshop/section.h"

namespace gokart {

void ShowCausalMask(TourPage& page) {
  PrintSection("3.5.1", "Hiding future words");
  PrintProse(
      "A model that learns to predict the next word must not see it. So a token may look at itself "
      "and at what came before: everything above the diagonal of the weights has to go.");
  const std::vector<std::string> words = ExampleWords();
  const Tensor x = ExampleInputs();
  ManualSeed(page.seed_of_v2());
  const SelfAttentionV2 attention(/*d_in=*/3, /*d_out=*/2);
  const Tensor weights = attention.AttentionWeights(x);  // [6, 6]
  page.Show("All weights, from SelfAttentionV2:", weights, words, words);
  const std::vector<double> published =
      page.IfSeeded({1,      0,      0,      0,      0,      0,  //
                     0.5517, 0.4483, 0,      0,      0,      0,  //
                     0.3800, 0.3097, 0.3103, 0,      0,      0,  //
                     0.2758, 0.2460, 0.2462, 0.2319, 0,      0,  //
                     0.2175, 0.1983, 0.1984, 0.1888, 0.1971, 0,  //
                     0.1935, 0.1663, 0.1666, 0.1542, 0.1666, 0.1529});
  page.Show("One way: times a triangle of ones, then each row divided by its new sum.",
            MaskAndRenormalize(weights), words, words, published);
  const Tensor scores = attention.AttentionScores(x);  // [6, 6]
  page.Show("The better way: -infinity among the scores,", ops::CausalMask(scores), words, words);
  page.Show("because e^-infinity is 0: softmax then gives the same weights in one step.",
            MaskedSoftmax(scores / std::sqrt(2.0f)), words, words, published);
}

void ShowDropout(TourPage& page) {
  PrintSection("3.5.2", "Masking more weights with dropout");
  PrintProse(
      "While training, some weights are dropped at random, so that the model does not lean on few "
      "of them; the others grow by 1 / (1 - rate), so that their sum stays the same on average.");
  ManualSeed(page.options().seed);
  page.Show("A matrix of ones with half of them dropped:",
            ops::Dropout(Tensor::Ones({6, 6}), 0.5, GlobalGenerator()), {}, {},
            page.IfSeeded({2, 2, 0, 2, 2, 0, 0, 0, 0, 2, 0, 2, 2, 2, 2, 2, 0, 2,  //
                           0, 2, 2, 0, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 2, 2, 2, 0}));
  const std::vector<std::string> words = ExampleWords();
  ManualSeed(page.seed_of_v2());
  const SelfAttentionV2 attention(3, 2);
  const Tensor weights = MaskAndRenormalize(attention.AttentionWeights(ExampleInputs()));
  ManualSeed(page.options().seed);
  page.Show("The same on the causal weights of 3.5.1:",
            ops::Dropout(weights, 0.5, GlobalGenerator()), words, words);
}

// Whether the outputs of tokens 0 to 2 stay the same, bit by bit, when token 3 becomes another one.
bool IgnoresTheFuture(const CausalAttention& attention) {
  Tensor x = ExampleBatch();
  const Tensor before = attention.Forward(x);
  x.mutable_data()[3 * 3] += 1;
  const Tensor after = attention.Forward(x);
  return std::memcmp(before.data(), after.data(), 3 * 2 * sizeof(float)) == 0 &&
         std::memcmp(before.data() + 3 * 2, after.data() + 3 * 2, 2 * sizeof(float)) != 0;
}

void ShowCausalAttention(TourPage& page) {
  PrintSection("3.5.3", "A compact causal attention class");
  PrintProse(
      "CausalAttention puts it together: queries, keys and values, scaled scores, the mask, "
      "softmax, dropout; for a batch of sequences at once. The batch here is the sentence twice: "
      "[2, 6, 3] -> [2, 6, 2].");
  const std::vector<std::string> words = ExampleWords();
  ManualSeed(page.options().seed);
  const CausalAttention attention({.d_in = 3, .d_out = 2, .context_length = 6});
  const Tensor context = attention.Forward(ExampleBatch());
  for (int64_t b = 0; b < 2; ++b) {
    page.Show(absl::StrFormat("Sequence %d:", b + 1), ops::Select(context, 0, b), words, {},
              page.IfSeeded({-0.4519, 0.2216, -0.5874, 0.0058, -0.6300, -0.0632,  //
                             -0.5675, -0.0843, -0.5526, -0.0981, -0.5299, -0.1081}));
  }
  PrintProse(absl::StrFormat(
      "\nDoes it keep its promise? With another fourth word, the first three outputs %s.",
      IgnoresTheFuture(attention) ? "are the same to the last bit, the fourth is not"
                                  : "CHANGE, which is a bug"));
  const Tensor weights = ops::Select(attention.AttentionWeights(ExampleBatch()), 0, 0);
  page.Picture(AttentionPicture("Causal attention", words, weights, Future::kHidden),
               "causal_attention");
}

}  // namespace gokart
