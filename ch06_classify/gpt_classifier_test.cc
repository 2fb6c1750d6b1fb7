// The classifier against PyTorch: its head is set to rows of the micro GPT-2's token table, so that
// its outputs must be those columns of the language model's logits (tensor/testdata/generate.py).
#include "ch06_classify/gpt_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "ch05_pretrain/weights/load_model.h"
#include "ch05_pretrain/weights/open_weights.h"
#include "tensor/random.h"
#include "tensor/safetensors.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

constexpr char kFolder[] = "tensor/testdata/gpt2_micro/";
constexpr int64_t kClasses = 5, kTokens = 16, kVocabulary = 97, kWidth = 48;

GptClassifier MakeMicro(const GptClassifierConfig& config) {
  absl::StatusOr<WeightFile> file = OpenWeights(std::string(kFolder) + "hf.safetensors");
  if (!file.ok()) throw std::runtime_error(file.status().ToString());
  absl::StatusOr<LoadedModel> loaded = LoadModel(*std::move(file), {.trainable = true});
  if (!loaded.ok()) throw std::runtime_error(loaded.status().ToString());
  loaded->model->Eval();  // the numbers are without dropout
  return GptClassifier(std::move(loaded->model), config);
}

// Puts the first rows of the token table where the head's weights are.
void UseTokenTableAsHead(GptClassifier& classifier) {
  std::copy_n(classifier.body->tok_emb.weight.data(), kClasses * kWidth,
              classifier.out_head.weight.mutable_data());
  std::fill_n(classifier.out_head.bias.mutable_data(), kClasses, 0.0f);
}

struct Expected {
  TokenIds ids;
  std::vector<float> logits;  // [2, 16, 97]
  float at(int64_t b, int64_t t, int64_t v) const {
    return logits[(b * kTokens + t) * kVocabulary + v];
  }
};

Expected ReadExpected() {
  const absl::StatusOr<SafetensorsFile> file =
      SafetensorsFile::Open(std::string(kFolder) + "expected.safetensors");
  if (!file.ok()) throw std::runtime_error(file.status().ToString());
  Expected expected = {TokenIds({2, kTokens}), file->Find("logits")->Floats()};
  const std::vector<int64_t> ids = file->Find("input_ids")->Int64s();
  std::copy(ids.begin(), ids.end(), expected.ids.data());
  return expected;
}

Tensor Outputs(TokenPosition position, int32_t pad_id, const TokenIds& ids) {
  GptClassifier classifier =
      MakeMicro({.num_classes = kClasses, .pad_id = pad_id, .position = position});
  UseTokenTableAsHead(classifier);
  const NoGrad no_grad;
  return classifier.Forward(ids);
}

// An id that the golden rows don't hold, to fill up with.
int32_t UnusedId(const TokenIds& ids) {
  int32_t id = 0;
  while (std::find(ids.begin(), ids.end(), id) != ids.end()) ++id;
  return id;
}

TEST(ClassifierLogits, AreOfTheLastTokenOfTheRow) {
  const Expected expected = ReadExpected();
  const Tensor last = Outputs(TokenPosition::kLast, UnusedId(expected.ids), expected.ids);
  ASSERT_EQ(last.shape(), Shape({2, kClasses}));
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t v = 0; v < kClasses; ++v) {
      EXPECT_NEAR(last.at({b, v}), expected.at(b, kTokens - 1, v), 2e-5)
          << "text " << b << ", class " << v;
    }
  }
}

// The workshop's exercise 6.3: the first token in place of the last one.
TEST(ClassifierLogits, OrOfTheFirstTokenIfToldSo) {
  const Expected expected = ReadExpected();
  const Tensor first = Outputs(TokenPosition::kFirst, UnusedId(expected.ids), expected.ids);
  ASSERT_EQ(first.shape(), Shape({2, kClasses}));
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t v = 0; v < kClasses; ++v) {
      EXPECT_NEAR(first.at({b, v}), expected.at(b, 0, v), 2e-5) << "text " << b << ", class " << v;
    }
  }
}

void ExpectGradients(TokenPosition position) {
  const TokenIds ids = {{3, 1, 4, 1}, {5, 9, 0, 0}};
  GptClassifier c = MakeMicro({.num_classes = 3, .pad_id = 0, .position = position});
  EXPECT_TRUE(GradientsAreRight(
      [&](const std::vector<Tensor>&) { return c.Forward(ids); },
      {c.out_head.weight, c.body->final_norm.scale, c.body->trf_blocks[1]->ff.contract.bias}))
      << TokenPositionName(position);
}

TEST(ClassifierLogits, HaveGradients) {
  ExpectGradients(TokenPosition::kLast);
  ExpectGradients(TokenPosition::kFirst);
}

// With causal attention, what stands behind the text changes nothing before it.
TEST(LastRealToken, IsTheOneBeforeThePadding) {
  const Expected expected = ReadExpected();
  const int32_t pad = UnusedId(expected.ids);
  TokenIds ids = expected.ids;
  for (int64_t t = 10; t < kTokens; ++t) ids(1, t) = pad;  // text 1 has 10 tokens
  ids(1, 4) = pad;                                         // one of which is that id
  const Tensor flexible = Outputs(TokenPosition::kLastReal, pad, ids);
  TokenIds alone({1, 10});
  std::copy_n(ids.data() + kTokens, 10, alone.data());
  const Tensor without_padding = Outputs(TokenPosition::kLast, pad, alone);
  for (int64_t v = 0; v < kClasses; ++v) {
    EXPECT_NEAR(flexible.at({0, v}), expected.at(0, kTokens - 1, v), 2e-5) << "no padding";
    EXPECT_NEAR(flexible.at({1, v}), without_padding.at({0, v}), 2e-5) << "6 of 16 are padding";
  }
}

TEST(LastRealToken, IsTheFirstOneInARowOfPadding) {
  TokenIds ids = ReadExpected().ids;
  const int32_t pad = UnusedId(ids);
  ids.fill(pad);
  const Tensor nothing = Outputs(TokenPosition::kLastReal, pad, ids);
  const Tensor first = Outputs(TokenPosition::kFirst, pad, ids);
  EXPECT_NEAR(nothing.at({0, 0}), first.at({0, 0}), 1e-6);
}

TEST(LastRealToken, EndsWhatTheMeanIsOf) {
  const Expected expected = ReadExpected();
  const int32_t pad = UnusedId(expected.ids);
  TokenIds ids = expected.ids;
  for (int64_t t = 10; t < kTokens; ++t) ids(1, t) = pad;
  const Tensor mean = Outputs(TokenPosition::kMean, pad, ids);
  for (int64_t b = 0; b < 2; ++b) {
    const int64_t length = b == 0 ? kTokens : 10;
    for (int64_t v = 0; v < kClasses; ++v) {
      double sum = 0;
      for (int64_t t = 0; t < length; ++t) sum += expected.at(b, t, v);
      EXPECT_NEAR(mean.at({b, v}), sum / static_cast<double>(length), 2e-5)
          << "text " << b << " of " << length << " tokens, class " << v;
    }
  }
}

TEST(LastRealToken, HasGradients) {
  ExpectGradients(TokenPosition::kLastReal);
  ExpectGradients(TokenPosition::kMean);
}

constexpr int64_t kHeadSize = 2 * kWidth + 2, kNormSize = 2 * kWidth;
constexpr int64_t kBlockSize = 12 * kWidth * kWidth + 13 * kWidth;

TEST(FrozenLayers, AreAllButTheHead) {
  GptClassifier c = MakeMicro({.num_classes = 2, .pad_id = 0});
  Freeze(c, TrainableLayers::kLastLayer);
  EXPECT_EQ(c.NumTrainableParameters(), kHeadSize);
  EXPECT_TRUE(c.out_head.bias.requires_grad());
}

TEST(FrozenLayers, AreAllButTheLastBlockTheNormAndTheHead) {
  GptClassifier c = MakeMicro({.num_classes = 2, .pad_id = 0});
  Freeze(c, TrainableLayers::kLastBlock);
  EXPECT_EQ(c.NumTrainableParameters(), kHeadSize + kNormSize + kBlockSize);
  EXPECT_FALSE(c.body->trf_blocks[0]->norm1.scale.requires_grad()) << "of the first block";
  EXPECT_TRUE(c.body->trf_blocks[1]->norm1.scale.requires_grad()) << "of the last block";
  Freeze(c, TrainableLayers::kLastTwoBlocks);
  EXPECT_EQ(c.NumTrainableParameters(), kHeadSize + kNormSize + 2 * kBlockSize);
}

// The workshop's exercise 6.2: all layers learn.
TEST(FrozenLayers, AreNoneIfToldSo) {
  GptClassifier c = MakeMicro({.num_classes = 2, .pad_id = 0});
  Freeze(c, TrainableLayers::kLastLayer);
  Freeze(c, TrainableLayers::kAll);
  EXPECT_EQ(c.NumTrainableParameters(), c.NumParameters());
  EXPECT_EQ(c.NumParameters(),
            kHeadSize + kNormSize + 2 * kBlockSize + (kVocabulary + 32) * kWidth);
}

// A head of zeros that says (0, 1) of every text: p(class 1) = e / (1 + e).
TEST(ClassifierLoss, IsTheMeanOverTheTexts) {
  GptClassifier c = MakeMicro({.num_classes = 2, .pad_id = 0});
  std::fill_n(c.out_head.weight.mutable_data(), 2 * kWidth, 0.0f);
  c.out_head.bias.mutable_data()[0] = 0, c.out_head.bias.mutable_data()[1] = 1;
  const Batch batch = {.inputs = {{3, 1}, {4, 1}, {5, 9}}, .targets = {{1}, {0}, {1}}};
  const double class_0 = std::log(1 + std::exp(1)), class_1 = std::log(1 + std::exp(-1));
  EXPECT_NEAR(ClassificationLoss(c, batch).item(), (2 * class_1 + class_0) / 3, 1e-5);
}

TEST(ClassifierLoss, ReachesTheHeadWithItsGradient) {
  GptClassifier c = MakeMicro({.num_classes = 2, .pad_id = 0});
  ClassificationLoss(c, {.inputs = {{3, 1}, {4, 1}}, .targets = {{1}, {0}}}).Backward();
  ASSERT_TRUE(c.out_head.weight.grad().defined());
  EXPECT_NE(c.out_head.weight.grad().data()[0], 0);
}

TEST(GptClassifier, NamesItsPartsAsTheWorkshopDoes) {
  const GptClassifier c = MakeMicro({.num_classes = 2, .pad_id = 0});
  const std::vector<NamedPart> parts = c.NamedParts();
  EXPECT_EQ(parts.front().name, "tok_emb.weight");
  EXPECT_EQ(parts[parts.size() - 2].name, "out_head.weight");
  EXPECT_EQ(parts[parts.size() - 2].shape(), Shape({2, kWidth}));
  EXPECT_EQ(parts.back().name, "out_head.bias");
}

TEST(GptClassifier, RefusesWhatDoesNotFit) {
  EXPECT_THROW(MakeMicro({.num_classes = 1, .pad_id = 0}), std::invalid_argument);
  EXPECT_THROW(MakeMicro({.num_classes = 2, .pad_id = 97}), std::invalid_argument);
}

TEST(GptClassifier, NamesPositionsAndLayers) {
  for (const char* name : {"last", "flexible", "first", "mean"}) {
    EXPECT_EQ(TokenPositionName(*FindTokenPosition(name)), name);
  }
  for (const char* name : {"last_layer", "last_block", "last_two_blocks", "all"}) {
    EXPECT_EQ(TrainableLayersName(*FindTrainableLayers(name)), name);
  }
  EXPECT_FALSE(FindTokenPosition("middle").has_value());
}

}  // namespace
}  // namespace gokart
