#include "tensor/kernels/embedding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "tensor/kernels/kernel_test_util.h"

namespace gokart::kernels {
namespace {

/// Ids with repetitions; some do not occur.
std::vector<int32_t> Ids(int64_t n, int64_t vocab) {
  std::mt19937 generator(n);
  std::vector<int32_t> ids(n);
  for (int32_t& id : ids) id = static_cast<int32_t>(generator() % vocab);
  return ids;
}

TEST(EmbeddingTest, ForwardCopiesRowsAtAllSizes) {
  const int64_t vocab = 29;
  for (const auto [n, c] : MatrixSizes()) {
    const Floats table = RandomFloats(vocab * c, 1);
    const std::vector<int32_t> ids = Ids(n, vocab);
    Floats y(n * c, kNan);
    EmbeddingForward(n, c, table.data(), ids.data(), y.data());
    for (int64_t i = 0; i < n * c; ++i) ASSERT_EQ(y[i], table[ids[i / c] * c + i % c]);
  }
}

TEST(EmbeddingTest, BackwardMatchesTheSumsAtAllSizes) {
  const int64_t vocab = 29;
  for (const auto [n, c] : MatrixSizes()) {
    const std::vector<int32_t> ids = Ids(n, vocab);
    const Floats dy = RandomFloats(n * c, 1);
    Doubles sums(vocab * c), sums_plus(vocab * c, 3.0);
    for (int64_t i = 0; i < n * c; ++i) {
      sums[ids[i / c] * c + i % c] += dy[i];
      sums_plus[ids[i / c] * c + i % c] += dy[i];
    }
    Floats stored(vocab * c, kNan), added(vocab * c, 3.0f);
    EmbeddingBackward(n, c, vocab, ids.data(), dy.data(), stored.data(), false);
    EmbeddingBackward(n, c, vocab, ids.data(), dy.data(), added.data(), true);
    ExpectClose(stored, sums, 2e-6);
    ExpectClose(added, sums_plus, 2e-6);
  }
}

// In float, (1e8 + 1) - 1e8 = 0 and (1e8 - 1e8) + 1 = 1: the order of positions decides.
TEST(EmbeddingTest, BackwardAddsInOrderOfPosition) {
  for (const int64_t c : {1, 300}) {
    const std::vector<int32_t> ids = {0, 0, 0, 1, 1, 1};
    Floats dy, dtable(2 * c);
    for (const float value : {1e8f, 1.0f, -1e8f, 1e8f, -1e8f, 1.0f}) dy.insert(dy.end(), c, value);
    EmbeddingBackward(6, c, 2, ids.data(), dy.data(), dtable.data(), false);
    EXPECT_EQ(dtable[0], 0.0f);
    EXPECT_EQ(dtable[2 * c - 1], 1.0f);
  }
}

TEST(EmbeddingTest, SameBitsForAnyThreads) {
  for (const Matrix size : {Matrix{2000, 37}, Matrix{300, 768}, Matrix{5, 10007}}) {
    const auto [n, c] = size;
    const int64_t vocab = 17;
    const std::vector<int32_t> ids = Ids(n, vocab);
    const Floats table = RandomFloats(vocab * c, 1), dy = RandomFloats(n * c, 2);
    ExpectSameBitsForAnyThreads([&, n = n, c = c] {
      Floats y(n * c), dtable(vocab * c);
      EmbeddingForward(n, c, table.data(), ids.data(), y.data());
      EmbeddingBackward(n, c, vocab, ids.data(), dy.data(), dtable.data(), false);
      return Joined(y, dtable);
    });
  }
}

}  // namespace
}  // namespace gokart::kernels
