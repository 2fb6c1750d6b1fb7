// The Llama of this folder against its formulas in double precision: logits, and the gradient of
// every single weight by finite differences of those formulas.
#include "ch04_model/llama/llama_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "ch04_model/llama/testing/reference_llama.h"
#include "tensor/nn/adamw.h"
#include "tensor/ops/cross_entropy.h"
#include "tensor/random.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

constexpr int64_t kBatch = 2, kTokens = 7;
const std::vector<int32_t> kIds = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 10};
const std::vector<int32_t> kTargets = {1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 10, 0};

LlamaConfig Micro() {
  return {.vocab_size = 11,
          .context_length = 12,
          .emb_dim = 16,
          .n_heads = 4,
          .n_kv_groups = 4,
          .n_layers = 2,
          .hidden_dim = 12};
}

// Heads in groups, a large base, and a scaling of which one pair is kept, one mixed, one stretched:
// turns within 64 tokens: 10.2, 1.1 and 0.1.
LlamaConfig Micro31() {
  LlamaConfig config = Micro();
  config.emb_dim = 12;
  config.n_heads = 2;
  config.n_kv_groups = 1;
  config.rope_base = 800;
  config.rope_scaling = RopeScaling{.factor = 8, .original_context_length = 64};
  return config;
}

struct Case {
  std::string name;
  LlamaConfig config;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::vector<Case> Cases() {
  LlamaConfig tied = Micro31();
  tied.tie_weights = true;
  return {{"Llama2", Micro()}, {"Llama31", Micro31()}, {"Llama32", tied}};
}

// Weights large enough that every part matters: PyTorch's initial ones leave attention nearly flat,
// and scales of 1 would hide that a norm forgets them.
void Randomize(LlamaModel& model) {
  uint64_t seed = 7;
  for (NamedTensor& parameter : model.NamedParameters()) {
    const Tensor noise = RandomTensor(parameter.tensor.shape(), ++seed);
    const bool norm = parameter.name.find("norm") != std::string::npos;
    float* values = parameter.tensor.mutable_data();
    for (int64_t i = 0; i < noise.size(); ++i) {
      values[i] = norm ? 1 + 0.3f * noise.data()[i] : 0.35f * noise.data()[i];
    }
  }
}

TokenIds Ids(const std::vector<int32_t>& ids, int64_t batch) {
  TokenIds out =
      TokenIds::from_shape({static_cast<size_t>(batch), ids.size() / static_cast<size_t>(batch)});
  std::copy(ids.begin(), ids.end(), out.begin());
  return out;
}

// Mean of -log softmax(logits)[target].
double ReferenceLoss(const LlamaConfig& config, const LlamaWeights& weights) {
  const std::vector<double> logits = ReferenceLlama(config, weights, kIds, kBatch);
  const size_t v = static_cast<size_t>(config.vocab_size);
  double loss = 0;
  for (size_t row = 0; row < kTargets.size(); ++row) {
    double sum = 0;
    for (size_t i = 0; i < v; ++i) sum += std::exp(logits[row * v + i]);
    loss += std::log(sum) - logits[row * v + static_cast<size_t>(kTargets[row])];
  }
  return loss / static_cast<double>(kTargets.size());
}

class LlamaModelTest : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Each, LlamaModelTest, ::testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.name; });

TEST_P(LlamaModelTest, LogitsAreThoseOfTheFormulas) {
  LlamaModel model(GetParam().config);
  Randomize(model);
  const Tensor logits = model.Forward(Ids(kIds, kBatch));
  ASSERT_EQ(logits.shape(), (Shape{kBatch, kTokens, 11}));
  const std::vector<double> expected =
      ReferenceLlama(GetParam().config, WeightsOf(model), kIds, kBatch);
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(logits.data()[i], expected[i], 1e-5)
        << "position " << i / 11 << ", token " << i % 11;
  }
}

TEST_P(LlamaModelTest, GradientsAreThoseOfTheFormulas) {
  LlamaModel model(GetParam().config);
  Randomize(model);
  const Tensor loss = ops::CrossEntropy(model.Forward(Ids(kIds, kBatch)), kTargets);
  LlamaWeights weights = WeightsOf(model);
  EXPECT_NEAR(loss.data()[0], ReferenceLoss(GetParam().config, weights), 1e-5);
  loss.Backward();
  for (const NamedTensor& parameter : model.NamedParameters()) {
    double largest = 0;
    for (int64_t i = 0; i < parameter.tensor.size(); ++i) {
      double& weight = weights[parameter.name][static_cast<size_t>(i)];
      const double at = weight, step = 1e-4;
      weight = at + step;
      const double above = ReferenceLoss(GetParam().config, weights);
      weight = at - step;
      const double below = ReferenceLoss(GetParam().config, weights);
      weight = at;
      const double slope = (above - below) / (2 * step);
      ASSERT_NEAR(parameter.tensor.grad().data()[i], slope, 5e-6 * (1 + std::fabs(slope)))
          << parameter.name << "[" << i << "]";
      largest = std::max(largest, std::fabs(slope));
    }
    EXPECT_GT(largest, 1e-3) << parameter.name << " changes nothing: the test is blind for it";
  }
}

// In pieces and token by token, two sequences of different lengths side by side.
TEST_P(LlamaModelTest, ComputesWithACacheWhatItWouldWithout) {
  LlamaModel model(GetParam().config);
  Randomize(model);
  const NoGrad no_grad;
  const Tensor all = model.Forward(Ids(kIds, kBatch));
  KeyValueCache first = model.MakeCache(kTokens), second = model.MakeCache(kTokens);
  KeyValueCache *only_first[] = {&first}, *only_second[] = {&second}, *both[] = {&first, &second};
  const auto expect_row = [&](const Tensor& logits, int64_t row, int64_t b, int64_t t) {
    for (int64_t i = 0; i < 11; ++i) {
      ASSERT_NEAR(logits.data()[row * 11 + i], all.data()[(b * kTokens + t) * 11 + i], 1e-5)
          << "sequence " << b << ", token " << t;
    }
  };
  expect_row(model.ForwardCached(Ids({3, 1, 4}, 1), only_first), 0, 0, 2);
  expect_row(model.ForwardCached(Ids({1, 5}, 1), only_first), 0, 0, 4);
  expect_row(model.ForwardCached(Ids({6}, 1), only_second), 0, 1, 0);
  const Tensor logits = model.ForwardCached(Ids({9, 5}, 2), both);
  expect_row(logits, 0, 0, 5);
  expect_row(logits, 1, 1, 1);
}

TEST_P(LlamaModelTest, HasTheParametersThatItsConfigCounts) {
  EXPECT_EQ(LlamaModel(GetParam().config).NumParameters(), NumParameters(GetParam().config));
}

// Without a table of positions, order is known all the same: the same tokens in another order give
// something else.
TEST(LlamaModel, KnowsTheOrderOfTokens) {
  LlamaModel model(Micro());
  Randomize(model);
  const Tensor ab = model.Forward(Ids({3, 5, 7}, 1)), ba = model.Forward(Ids({5, 3, 7}, 1));
  double difference = 0;
  for (int64_t i = 22; i < 33; ++i) {
    difference = std::max<double>(difference, std::fabs(ab.data()[i] - ba.data()[i]));
  }
  EXPECT_GT(difference, 0.01);
}

TEST(LlamaModel, Learns) {
  ManualSeed(5);
  LlamaModel model(Micro31());
  AdamW optimizer(model.NamedParameters(), {.learning_rate = 1e-2, .weight_decay = 0});
  float loss = 0;
  for (int step = 0; step < 80; ++step) {
    model.ClearGrad();
    const Tensor l = ops::CrossEntropy(model.Forward(Ids(kIds, kBatch)), kTargets);
    loss = l.data()[0];
    l.Backward();
    optimizer.Step();
  }
  EXPECT_LT(loss, 0.05);
}

TEST(LlamaModel, CacheOfGroupsIsSmallerByTheirNumber) {
  LlamaConfig config = Micro();
  const LlamaModel full(config);
  config.n_kv_groups = 1;
  const LlamaModel grouped(config);
  const auto bytes = [](const LlamaModel& model) {
    KeyValueCache cache = model.MakeCache(8);
    KeyValueCache* const caches[] = {&cache};
    model.ForwardCached(Ids({1, 2, 3, 4, 5, 6, 7, 8}, 1), caches);
    return cache.bytes();
  };
  EXPECT_EQ(bytes(full), 2 * 2 * 16 * 8 * 4);  // layers, keys and values, C, tokens, bytes
  EXPECT_EQ(bytes(full), 4 * bytes(grouped));
}

void ExpectRefused(const std::function<void()>& action, const std::string& part) {
  try {
    action();
    FAIL() << "accepted; expected an error with: " << part;
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(LlamaModel, RefusesWhatDoesNotFit) {
  const LlamaModel model(Micro());
  ExpectRefused([&] { model.Forward(Ids(std::vector<int32_t>(13, 1), 1)); }, "[1, 13]");
  ExpectRefused([&] { model.Forward(Ids({11}, 1)); }, "11");
  ExpectRefused([&] { model.MakeCache(13); }, "13 tokens: between 1 and 12");
  KeyValueCache cache = model.MakeCache(2);
  KeyValueCache* const caches[] = {&cache};
  ExpectRefused([&] { model.ForwardCached(Ids({1, 2}, 2), caches); }, "with 1 caches");
  ExpectRefused([&] { model.ForwardCached(Ids({1, 2, 3}, 1), caches); }, "LlamaAttention");
  LlamaConfig deeper = Micro();
  deeper.n_layers = 3;
  ExpectRefused([&] { LlamaModel(deeper).ForwardCached(Ids({1}, 1), caches); }, "another model");
  LlamaConfig odd = Micro();
  odd.emb_dim = 12;  // heads of 3
  ExpectRefused([&] { LlamaModel{odd}; }, "LlamaModel: RopeFrequencies: heads of 3 channels");
}

}  // namespace
}  // namespace gokart
