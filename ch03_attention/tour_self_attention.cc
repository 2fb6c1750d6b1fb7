// Sections 3.1 to 3.4 of the tour.
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "ch03_attention/attention_picture.h"
#include "ch03_attention/example_sentence.h"
#include "ch03_attention/self_attention.h"
#include "ch03_attention/simplified_self_attention.h"
#include "ch03_attention/tour_sections.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/matmul.h"
#include "tensor/ops/softmax.h"
#include "tensor/random.h"
#include "workshop/section.h"

namespace gokart {

void ShowProblem() {
  PrintSection("3.1, 3.2", "Why attention");
  PrintProse(
      "To continue a text, a model has to know which of the words before matter now: a translator "
      "cannot go word by word, and a network that reads from left to right has to squeeze all that "
      "it read into one vector. Attention lets every token look at every other token directly, "
      "near or far, and take from each as much as it needs.\n\n"
      "The example throughout: six tokens, each a made-up vector of three numbers, as chapter 2's "
      "embeddings would be with 768.");
}

void ShowOneContextVector(TourPage& page) {
  PrintSection("3.3.1", "Attention without trainable weights: one token");
  const std::vector<std::string> words = ExampleWords();
  const Tensor x = ExampleInputs();  // [6, 3]
  page.Show("The inputs:", x, words, {});
  const Tensor query = ops::Slice(x, 0, 1, 2);                         // [1, 3]
  const Tensor scores = ops::MatMul(query, x, {.transpose_b = true});  // [1, 6]
  page.Show(
      "How similar is each token to the second one, \"journey\"? The dot product says: multiply "
      "number by number, add up. These are its attention scores.",
      scores, {}, words, {0.9544, 1.4950, 1.4754, 0.8434, 0.7070, 1.0865});
  page.Show("Weights should be shares of a whole. Divided by their sum:", NormalizeBySum(scores),
            {}, words, {0.1455, 0.2278, 0.2249, 0.1285, 0.1077, 0.1656});
  const std::vector<double> published = {0.1385, 0.2379, 0.2333, 0.1240, 0.1082, 0.1581};
  page.Show("Softmax instead, e^x over the sum of all e^x, is always positive:",
            SoftmaxNaive(scores), {}, words, published);
  const Tensor weights = ops::Softmax(scores);  // [1, 6]
  page.Show("The engine's softmax, which subtracts the largest score first:", weights, {}, words,
            published);
  const Tensor large = Tensor::FromValues({2}, {100, 99});
  PrintProse(absl::StrFormat(
      "\nWhy subtract it? For the scores 100 and 99, the plain formula divides infinity by "
      "infinity, which gives %s; with the largest subtracted, the weights are %.4f and %.4f.",
      std::isnan(SoftmaxNaive(large).data()[0]) ? "not a number" : "A NUMBER, which is a bug",
      ops::Softmax(large).data()[0], ops::Softmax(large).data()[1]));
  page.Show("The context vector of \"journey\" is the mean of all inputs with these weights:",
            ops::MatMul(weights, x), {"journey"}, {}, {0.4419, 0.6515, 0.5683});
}

void ShowSimplifiedSelfAttention(TourPage& page) {
  PrintSection("3.3.2", "Attention without trainable weights: all tokens");
  const std::vector<std::string> words = ExampleWords();
  const Tensor x = ExampleInputs();
  PrintProse(
      "All scores at once are one matrix product, X times its transpose. Softmax makes weights of "
      "each row, and another product mixes the inputs: softmax(X X^T) X.");
  page.Show("Scores:", ops::MatMul(x, x, {.transpose_b = true}), words, words,
            {0.9995, 0.9544, 0.9422, 0.4753, 0.4576, 0.6310,  //
             0.9544, 1.4950, 1.4754, 0.8434, 0.7070, 1.0865,  //
             0.9422, 1.4754, 1.4570, 0.8296, 0.7154, 1.0605,  //
             0.4753, 0.8434, 0.8296, 0.4937, 0.3474, 0.6565,  //
             0.4576, 0.7070, 0.7154, 0.3474, 0.6654, 0.2935,  //
             0.6310, 1.0865, 1.0605, 0.6565, 0.2935, 0.9450});
  const Tensor weights = SimplifiedAttentionWeights(x);
  page.Show("Weights, each row of which sums to 1:", weights, words, words,
            {0.2098, 0.2006, 0.1981, 0.1242, 0.1220, 0.1452,  //
             0.1385, 0.2379, 0.2333, 0.1240, 0.1082, 0.1581,  //
             0.1390, 0.2369, 0.2326, 0.1242, 0.1108, 0.1565,  //
             0.1435, 0.2074, 0.2046, 0.1462, 0.1263, 0.1720,  //
             0.1526, 0.1958, 0.1975, 0.1367, 0.1879, 0.1295,  //
             0.1385, 0.2184, 0.2128, 0.1420, 0.0988, 0.1896});
  page.Picture(
      AttentionPicture("Attention without trainable weights", words, weights, Future::kShown),
      "simplified_attention");
  page.Show("Context vectors:", SimplifiedSelfAttention(x), words, {},
            {0.4421, 0.5931, 0.5790, 0.4419, 0.6515, 0.5683, 0.4431, 0.6496, 0.5671,  //
             0.4304, 0.6298, 0.5510, 0.4671, 0.5910, 0.5266, 0.4177, 0.6503, 0.5645});
}

void ShowTrainableWeightsStepByStep(TourPage& page) {
  PrintSection("3.4.1", "Self-attention with trainable weights, step by step");
  PrintProse(
      "So far a token's vector did three jobs. Three matrices split them: a query is what a token "
      "looks for, a key what it can be found by, a value what it hands over. Training will make "
      "something of them; here they are random.");
  const std::vector<std::string> words = ExampleWords();
  const Tensor x = ExampleInputs();
  ManualSeed(page.options().seed);
  const SelfAttentionV1 attention(/*d_in=*/3, /*d_out=*/2);
  page.Show("W_query:", attention.W_query, {}, {},
            page.IfSeeded({0.2961, 0.5166, 0.2517, 0.6886, 0.0740, 0.8665}));
  page.Show("W_key:", attention.W_key, {}, {},
            page.IfSeeded({0.1366, 0.1025, 0.1841, 0.7264, 0.3153, 0.6871}));
  page.Show("W_value:", attention.W_value, {}, {},
            page.IfSeeded({0.0756, 0.1966, 0.3164, 0.4017, 0.1186, 0.8274}));
  const Tensor query = ops::MatMul(ops::Slice(x, 0, 1, 2), attention.W_query);  // [1, 2]
  const Tensor keys = ops::MatMul(x, attention.W_key);                          // [6, 2]
  const Tensor values = ops::MatMul(x, attention.W_value);                      // [6, 2]
  page.Show("The query of \"journey\":", query, {"journey"}, {}, page.IfSeeded({0.4306, 1.4551}));
  const Tensor scores = ops::MatMul(query, keys, {.transpose_b = true});  // [1, 6]
  page.Show("Its scores, the query times each key:", scores, {}, words,
            page.IfSeeded({1.2705, 1.8524, 1.8111, 1.0795, 0.5577, 1.5440}));
  const Tensor weights = ops::Softmax(scores / std::sqrt(2.0f));  // [1, 6]
  page.Show(
      "Weights: softmax of the scores divided by the square root of the keys' length, here 2. Dot "
      "products grow with that length, and large scores would leave softmax no gradient.",
      weights, {}, words, page.IfSeeded({0.1500, 0.2264, 0.2199, 0.1311, 0.0906, 0.1820}));
  page.Show("The context vector: the values' mean with these weights.",
            ops::MatMul(weights, values), {"journey"}, {}, page.IfSeeded({0.3061, 0.8210}));
}

void ShowSelfAttentionClasses(TourPage& page) {
  PrintSection("3.4.2", "A compact self-attention class");
  const std::vector<std::string> words = ExampleWords();
  const Tensor x = ExampleInputs();
  ManualSeed(page.options().seed);
  SelfAttentionV1 v1(/*d_in=*/3, /*d_out=*/2);
  page.Show("SelfAttentionV1, softmax(Q K^T / sqrt(C)) V with plain matrices:", v1.Forward(x),
            words, {},
            page.IfSeeded({0.2996, 0.8053, 0.3061, 0.8210, 0.3058, 0.8203,  //
                           0.2948, 0.7939, 0.2927, 0.7891, 0.2990, 0.8040}));
  ManualSeed(page.seed_of_v2());
  page.Show(
      absl::StrFormat("SelfAttentionV2, the same with linear layers, whose initial values suit "
                      "training better (seed %d):",
                      page.seed_of_v2()),
      SelfAttentionV2(3, 2).Forward(x), words, {},
      page.IfSeeded({-0.0739, 0.0713, -0.0748, 0.0703, -0.0749, 0.0702,  //
                     -0.0760, 0.0685, -0.0763, 0.0679, -0.0754, 0.0693}));

  ManualSeed(page.options().seed);
  const SelfAttentionV2 v2(3, 2);
  v1.W_query = ops::Transpose(v2.W_query.weight, 0, 1);
  v1.W_key = ops::Transpose(v2.W_key.weight, 0, 1);
  v1.W_value = ops::Transpose(v2.W_value.weight, 0, 1);
  const std::vector<double> published =
      page.IfSeeded({-0.5337, -0.1051, -0.5323, -0.1080, -0.5323, -0.1079,  //
                     -0.5297, -0.1076, -0.5311, -0.1066, -0.5299, -0.1081});
  page.Show(
      "The workshop's exercise 3.1: do both compute the same? With the weights of a V2 "
      "(transposed, since a "
      "linear layer stores [out, in]), V1 gives",
      v1.Forward(x), words, {}, published);
  page.Show("and that V2 itself", v2.Forward(x), words, {}, published);
}

}  // namespace gokart
