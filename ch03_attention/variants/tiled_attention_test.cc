// Attention in tiles, against softmax over whole rows in double precision.
#include "ch03_attention/variants/tiled_attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ch03_attention/testing/difference.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

constexpr int64_t N = 2, T = 7, D = 3;

// Causal softmax(q k^T / sqrt(D)) v, a row at a time: [N, T, D].
std::vector<double> WholeRows(const Tensor& q, const Tensor& k, const Tensor& v) {
  std::vector<double> out;
  for (int64_t h = 0; h < N; ++h) {
    for (int64_t t = 0; t < T; ++t) {
      std::vector<double> scores(t + 1);
      double largest = -INFINITY, sum = 0;
      for (int64_t j = 0; j <= t; ++j) {
        for (int64_t d = 0; d < D; ++d) {
          scores[j] += double{q.at({h, t, d})} * k.at({h, j, d}) / std::sqrt(D);
        }
        largest = std::max(largest, scores[j]);
      }
      for (double& s : scores) sum += s = std::exp(s - largest);
      for (int64_t d = 0; d < D; ++d) {
        double value = 0;
        for (int64_t j = 0; j <= t; ++j) value += scores[j] / sum * v.at({h, j, d});
        out.push_back(value);
      }
    }
  }
  return out;
}

TEST(OnlineSoftmax, GivesWhatWholeRowsGiveWhateverTheTile) {
  const Tensor q = RandomTensor({N, T, D}, 1), k = RandomTensor({N, T, D}, 2),
               v = RandomTensor({N, T, D}, 3);
  for (const int64_t tile : {1, 2, 3, 7, 100}) {
    EXPECT_EQ(Difference(OnlineSoftmaxAttention(q, k, v, tile), {N, T, D}, WholeRows(q, k, v)), "")
        << "tiles of " << tile << " of " << T << " keys";
  }
}

// e^1000 is more than a float can hold.
TEST(OnlineSoftmax, TakesScoresInTheThousands) {
  Tensor q = RandomTensor({N, T, D}, 1);
  const Tensor k = RandomTensor({N, T, D}, 2), v = RandomTensor({N, T, D}, 3);
  for (int64_t i = 0; i < q.size(); ++i) q.mutable_data()[i] *= 2000;
  for (const int64_t tile : {2, 100}) {
    EXPECT_EQ(
        Difference(OnlineSoftmaxAttention(q, k, v, tile), {N, T, D}, WholeRows(q, k, v), 1e-3), "")
        << "tiles of " << tile << " of " << T << " keys";
  }
}

TEST(OnlineSoftmax, LeavesWhatTheGradientsNeed) {
  EXPECT_TRUE(GradientsAreRight(
      [](const std::vector<Tensor>& in) {
        return OnlineSoftmaxAttention(in[0], in[1], in[2], /*tile=*/3);
      },
      {RandomTensor({N, T, D}, 1), RandomTensor({N, T, D}, 2), RandomTensor({N, T, D}, 3)}));
}

}  // namespace
}  // namespace gokart
