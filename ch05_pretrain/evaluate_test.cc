// Scores of a text in windows, against the sum over single tokens by the definition.
#include "ch05_pretrain/evaluate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "tensor/random.h"

namespace gokart {
namespace {

constexpr GptConfig kConfig = {
    .vocab_size = 31, .context_length = 8, .emb_dim = 16, .n_heads = 2, .n_layers = 1};

class EvaluateTest : public testing::Test {
 protected:
  EvaluateTest() : model_((ManualSeed(7), kConfig)) {
    Generator generator(1);
    for (int i = 0; i < 45; ++i) ids_.push_back(static_cast<int32_t>(generator.RandomInt(0, 31)));
  }

  // -log p(ids[i] | ids[begin, i)), in double.
  double Loss(size_t begin, size_t i) const {
    TokenIds row = TokenIds::from_shape({size_t{1}, i - begin});
    std::copy(ids_.begin() + begin, ids_.begin() + i, row.begin());
    const Tensor logits = model_.ForwardLast(row);
    double sum = 0;
    for (float x : logits.values()) sum += std::exp(double{x});
    return std::log(sum) - logits.values()[static_cast<size_t>(ids_[i])];
  }

  GPTModel model_;
  std::vector<int32_t> ids_;
};

TEST_F(EvaluateTest, ScoresEveryTokenOnceInItsWindow) {
  for (size_t stride : {8, 3, 1}) {
    for (size_t n : {2, 8, 9, 10, 17, 45}) {
      const TextScore score =
          Evaluate(model_, std::span(ids_).first(n), {.stride = static_cast<int64_t>(stride)});
      model_.Eval();
      double expected = 0;
      for (size_t i = 1; i < n; ++i) {
        // The first window that reaches ids[i] as a target: begin + 8 >= i.
        size_t begin = 0;
        while (begin + 8 < i) begin += stride;
        expected += Loss(begin, i) / static_cast<double>(n - 1);
      }
      model_.Train();
      EXPECT_EQ(score.tokens, static_cast<int64_t>(n - 1));
      EXPECT_NEAR(score.loss, expected, 1e-5) << "stride " << stride << ", " << n << " ids";
      EXPECT_TRUE(model_.training());
    }
  }
}

TEST_F(EvaluateTest, TheStrideIsTheContextUnlessGiven) {
  EXPECT_EQ(Evaluate(model_, ids_).loss, Evaluate(model_, ids_, {.stride = 8}).loss);
}

TEST_F(EvaluateTest, CanBeStopped) {
  int64_t seen = 0;
  const TextScore score = Evaluate(model_, ids_, {.stride = 4, .on_progress = [&](int64_t scored) {
                                                    seen = scored;
                                                    return false;
                                                  }});
  EXPECT_GT(seen, 0);
  EXPECT_LT(seen, 44);
  EXPECT_EQ(score.tokens, seen);
}

TEST_F(EvaluateTest, RefusesWhatHasNoScore) {
  EXPECT_THROW(Evaluate(model_, std::span(ids_).first(1)), std::invalid_argument);
  EXPECT_THROW(Evaluate(model_, ids_, {.stride = 9}), std::invalid_argument);
  EXPECT_THROW(Evaluate(model_, ids_, {.stride = -1}), std::invalid_argument);
}

// 3 tokens of ln 4 nats are 6 bits; in 12 bytes that is half a bit each.
TEST(BitsPerByteTest, ByHand) {
  EXPECT_DOUBLE_EQ(BitsPerByte({.tokens = 3, .loss = std::log(4.0)}, 12), 0.5);
}

}  // namespace
}  // namespace gokart
