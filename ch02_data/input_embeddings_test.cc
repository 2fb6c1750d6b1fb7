#include "ch02_data/input_embeddings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "tensor/ops/reduce.h"
#include "tensor/random.h"

namespace gokart {
namespace {

// Workshop section 2.7: torch.manual_seed(123); torch.nn.Embedding(6, 3).
TEST(EmbeddingTables, ArePyTorchs) {
  ManualSeed(123);
  const InputEmbeddings embeddings(6, 4, 3);
  const std::vector<float> expected = {.3374f,   -.1778f, -.1690f, .9178f,   1.5810f, 1.3010f,
                                       1.2753f,  -.2010f, -.1606f, -.4015f,  .9666f,  -1.1481f,
                                       -1.1589f, .3255f,  -.6315f, -2.8400f, -.7849f, -1.4096f};
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(embeddings.token.weight.values()[i], expected[i], 5e-5) << i;
  }
}

TEST(InputEmbeddings, AreTheSumOfTokenAndPosition) {
  ManualSeed(5);
  const InputEmbeddings embeddings(10, 6, 4);
  const TokenIds ids = {{2, 3, 5}, {9, 0, 2}};
  const Tensor x = embeddings.Forward(ids);
  EXPECT_EQ(x.shape(), (Shape{2, 3, 4}));
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t t = 0; t < 3; ++t) {
      for (int64_t c = 0; c < 4; ++c) {
        EXPECT_EQ(x.at({b, t, c}), embeddings.token.weight.at({ids(b, t), c}) +
                                       embeddings.position.weight.at({t, c}))
            << "output [2, 3, 4] at [" << b << ", " << t << ", " << c << "], id " << ids(b, t)
            << " at position " << t;
      }
    }
  }
}

TEST(InputEmbeddings, HaveTheWorkshopsShapes) {
  const InputEmbeddings embeddings(50257, 4, 256);
  EXPECT_EQ(embeddings.Forward(TokenIds({8, 4}, 50256)).shape(), (Shape{8, 4, 256}));
  EXPECT_EQ(embeddings.NumParameters(), 50257 * 256 + 4 * 256);
}

// Each use of a row adds 1 to its gradient: id 2 stands twice, each position once per sequence.
TEST(InputEmbeddings, GiveEachRowAGradientPerUse) {
  InputEmbeddings embeddings(5, 3, 2);
  embeddings.RequireGrad(true);
  ops::Sum(embeddings.Forward(TokenIds{{2, 2, 1}, {0, 1, 2}})).Backward();
  const std::vector<float> uses = {1, 2, 3, 0, 0};
  for (int64_t v = 0; v < 5; ++v) EXPECT_EQ(embeddings.token.weight.grad().at({v, 1}), uses[v]);
  for (int64_t t = 0; t < 3; ++t) EXPECT_EQ(embeddings.position.weight.grad().at({t, 0}), 2);
}

TEST(EmbeddingTables, WrongIdsAndLengthsThrow) {
  const InputEmbeddings embeddings(5, 3, 2);
  EXPECT_THROW(embeddings.Forward(TokenIds{{5}}), std::invalid_argument);
  EXPECT_THROW(embeddings.Forward(TokenIds{{-1}}), std::invalid_argument);
  EXPECT_THROW(embeddings.Forward(TokenIds{{0, 1, 2, 3}}), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
