// Generation with caches: the tokens of a model that computes everything anew each time, for any
// company and beyond the context; and models in low precision.
#include "ch04_model/sequence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensor/kernels/parallel.h"
#include "tensor/random.h"

namespace gokart {
namespace {

constexpr GptConfig kConfig = {.vocab_size = 61,
                               .context_length = 24,
                               .emb_dim = 40,
                               .n_heads = 4,
                               .n_layers = 3,
                               .qkv_bias = true};

// ids as a batch of one.
TokenIds Row(const std::vector<int32_t>& ids) {
  TokenIds row = TokenIds::from_shape({size_t{1}, ids.size()});
  std::copy(ids.begin(), ids.end(), row.begin());
  return row;
}

int32_t Best(const Tensor& logits, int64_t row) {
  const int64_t v = logits.dim(1);
  const float* const values = logits.data() + row * v;
  return static_cast<int32_t>(std::max_element(values, values + v) - values);
}

std::vector<float> RowOf(const Tensor& logits, int64_t row) {
  const int64_t v = logits.dim(1);
  return {logits.data() + row * v, logits.data() + (row + 1) * v};
}

class SequenceTest : public testing::Test {
 protected:
  SequenceTest() : model_((ManualSeed(123), kConfig)) { model_.Eval(); }

  // The logits after ids, of which the model sees all from `begin` on, computed anew.
  std::vector<float> Uncached(const std::vector<int32_t>& ids, size_t begin = 0) const {
    const NoGrad no_grad;
    return RowOf(model_.ForwardLast(Row({ids.begin() + begin, ids.end()})), 0);
  }

  static void ExpectNear(const std::vector<float>& a, const std::vector<float>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-5) << i;
  }

  GPTModel model_;
};

TEST_F(SequenceTest, GivesWhatTheWholeModelGives) {
  Sequence text(model_, {5, 17, 3});
  Sequence* const one[] = {&text};
  for (int i = 3; i < 24; ++i) {
    const Tensor logits = NextLogits(model_, one);
    ASSERT_EQ(logits.shape(), Shape({1, 61}));
    ExpectNear(RowOf(logits, 0), Uncached(text.ids()));
    text.Append(Best(logits, 0));
  }
  EXPECT_FALSE(text.slid());
  EXPECT_EQ(text.cache_bytes(), 3 * 2 * 24 * 40 * 4);  // layers, keys and values, tokens, C, bytes
}

// At 24 tokens the window is full: the 25th is computed with the 12 last ones.
TEST_F(SequenceTest, BeyondTheContextTheWindowMovesByHalf) {
  Sequence text(model_, {1});
  Sequence* const one[] = {&text};
  size_t begin = 0;
  for (size_t length = 1; length < 80; ++length) {
    if (length - begin > 24) begin = length - 12;
    const Tensor logits = NextLogits(model_, one);
    ExpectNear(RowOf(logits, 0), Uncached(text.ids(), begin));
    EXPECT_EQ(text.slid(), length > 24);
    text.Append(static_cast<int32_t>(length * 7 % 61));
  }
}

TEST_F(SequenceTest, OfALongPromptTheModelSeesTheEnd) {
  std::vector<int32_t> ids(50);
  for (int i = 0; i < 50; ++i) ids[i] = i * 3 % 61;
  Sequence text(model_, ids);
  Sequence* const one[] = {&text};
  ExpectNear(RowOf(NextLogits(model_, one), 0), Uncached(ids, 26));
  EXPECT_TRUE(text.slid());
}

// Prompts of different lengths, and sequences that join and leave: bit for bit as alone.
TEST_F(SequenceTest, CompanyMakesNoDifference) {
  std::vector<std::vector<int32_t>> prompts;
  for (int b = 0; b < 8; ++b) prompts.push_back(std::vector<int32_t>(1 + 3 * b % 20, b + 1));
  std::vector<Sequence> alone, together;
  for (const auto& prompt : prompts) {
    alone.emplace_back(model_, prompt);
    together.emplace_back(model_, prompt);
  }
  for (size_t step = 0; step < 12; ++step) {
    const size_t first = step > 6 ? 2 : 0, last = std::min<size_t>(8, 3 + step);
    std::vector<Sequence*> some;
    for (size_t b = first; b < last; ++b) some.push_back(&together[b]);
    const Tensor logits = NextLogits(model_, some);
    for (size_t b = first; b < last; ++b) {
      Sequence* const one[] = {&alone[b]};
      const Tensor expected = NextLogits(model_, one);
      const int64_t row = static_cast<int64_t>(b - first);
      ASSERT_EQ(RowOf(logits, row), RowOf(expected, 0)) << "sequence " << b << ", step " << step;
      alone[b].Append(Best(expected, 0));
      together[b].Append(Best(logits, row));
    }
  }
}

TEST_F(SequenceTest, ThreadsMakeNoDifference) {
  const int before = kernels::NumThreads();
  std::vector<std::vector<float>> results;
  for (int threads : {1, 2, 4}) {
    kernels::SetNumThreads(threads);
    Sequence text(model_, {5, 17, 3, 9});
    Sequence* const one[] = {&text};
    NextLogits(model_, one);
    text.Append(11);
    results.push_back(RowOf(NextLogits(model_, one), 0));
  }
  kernels::SetNumThreads(before);
  EXPECT_EQ(results[1], results[0]);
  EXPECT_EQ(results[2], results[0]);
}

TEST_F(SequenceTest, RefusesWhatDoesNotFit) {
  EXPECT_THROW(Sequence(model_, {}), std::invalid_argument);
  Sequence text(model_, {1, 2}), wrong(model_, {61});
  Sequence *const one[] = {&text}, *const bad[] = {&wrong};
  EXPECT_THROW(NextLogits(model_, bad), std::invalid_argument);
  NextLogits(model_, one);
  EXPECT_THROW(NextLogits(model_, one), std::invalid_argument);  // nothing new
  EXPECT_THROW(model_.MakeCache(0), std::invalid_argument);
  EXPECT_THROW(model_.MakeCache(25), std::invalid_argument);
  KeyValueCache small = model_.MakeCache(2);
  KeyValueCache* const caches[] = {&small};
  EXPECT_THROW(model_.ForwardCached({{1, 2, 3}}, caches), std::invalid_argument);
  EXPECT_THROW(model_.ForwardCached({{1}, {2}}, caches), std::invalid_argument);
  EXPECT_THROW(model_.ForwardCached(TokenIds({1, 0}), caches), std::invalid_argument);
}

// A quantised model is the model with the weights that its formats stand for.
class QuantizedModel : public testing::TestWithParam<std::tuple<WeightFormat, bool>> {};
INSTANTIATE_TEST_SUITE_P(
    Formats, QuantizedModel,
    testing::Combine(testing::Values(WeightFormat::kFloat16, WeightFormat::kBFloat16,
                                     WeightFormat::kQ8, WeightFormat::kQ4, WeightFormat::kNF4),
                     testing::Bool()),
    [](const auto& info) {
      return Describe(std::get<0>(info.param)).name +
             (std::get<1>(info.param) ? "_tied" : "_untied");
    });

TEST_P(QuantizedModel, ComputesWithTheWeightsAsTheyAreStored) {
  const auto [format, tied] = GetParam();
  GptConfig config = kConfig;
  config.tie_weights = tied;
  config.attention = tied ? "fused" : "didactic";
  ManualSeed(5);
  GPTModel model(config);
  ManualSeed(5);
  GPTModel rounded(config);
  // Every matrix but the positions', by hand; row blocks do not care that q, k and v are packed.
  for (NamedTensor& p : rounded.NamedParameters()) {
    if (p.tensor.rank() != 2 || p.name == "pos_emb.weight") continue;
    const QuantizedMatrix q =
        QuantizedMatrix::Quantize(format, p.tensor.dim(0), p.tensor.dim(1), p.tensor.values());
    q.Dequantize(0, q.rows(), p.tensor.mutable_data());
  }
  const int64_t float_bytes = model.WeightBytes();
  model.QuantizeWeights(format);
  EXPECT_LT(model.WeightBytes(), float_bytes);
  EXPECT_THROW(model.QuantizeWeights(format), std::logic_error);
  model.Eval();
  rounded.Eval();
  const NoGrad no_grad;
  const TokenIds ids = {{1, 5, 60, 7, 3}, {0, 2, 2, 4, 9}};
  const Tensor a = model.Forward(ids), b = rounded.Forward(ids);
  // In whole numbers every product is off by about 2e-5 of its size (kernels/fixed_point.h).
  const bool fixed_point = format == WeightFormat::kQ8 || format == WeightFormat::kQ4;
  const double tolerance = fixed_point ? 1e-4 : 1e-5;
  for (int64_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a.data()[i], b.data()[i], tolerance) << i;
  // And token by token.
  for (int64_t row = 0; row < 2; ++row) {
    KeyValueCache cache = model.MakeCache();
    KeyValueCache* const caches[] = {&cache};
    for (int64_t t = 0; t < 5; ++t) {
      const Tensor logits = model.ForwardCached({{ids(row, t)}}, caches);
      for (int64_t v = 0; v < 61; ++v) {
        ASSERT_NEAR(logits.data()[v], a.at({row, t, v}), tolerance) << row << ", " << t;
      }
    }
  }
}

TEST(QuantizedModelTest, WhatIsLeftAreTheSmallParameters) {
  GPTModel model(kConfig);
  model.QuantizeWeights(WeightFormat::kQ8);
  int64_t values = 0;
  for (const NamedPart& part : model.NamedParts()) {
    EXPECT_TRUE(part.shape().rank() == 1 || part.name == "pos_emb.weight") << part.name;
    values += part.size();
  }
  EXPECT_EQ(values, model.NumParameters());
}

}  // namespace
}  // namespace gokart
