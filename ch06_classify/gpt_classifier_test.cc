// The classifier against PyTorch: its head is set to rows of the micro GPT-2's token table, so that
// its outputs must be those columns of the language model's logits (tensor/testdata/generate.py).
#include "ch06_classify/gpt_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(GptClassifier, ReadsTheTokenItIsTold) {
  const Expected expected = ReadExpected();
  const int32_t pad = UnusedId(expected.ids);
  const Tensor last = Outputs(TokenPosition::kLast, pad, expected.ids);
  const Tensor first = Outputs(TokenPosition::kFirst, pad, expected.ids);
  const Tensor mean = Outputs(TokenPosition::kMean, pad, expected.ids);
  ASSERT_EQ(last.shape(), Shape({2, kClasses}));
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t v = 0; v < kClasses; ++v) {
      EXPECT_NEAR(last.at({b, v}), expected.at(b, kTokens - 1, v), 2e-5);
      EXPECT_NEAR(first.at({b, v}), expected.at(b, 0, v), 2e-5);
      double sum = 0;
      for (int64_t t = 0; t < kTokens; ++t) sum += expected.at(b, t, v);
      EXPECT_NEAR(mean.at({b, v}), sum / kTokens, 2e-5);
    }
  }
}

// With causal attention, what stands behind the text changes nothing before it.
TEST(GptClassifier, FindsTheLastTokenBeforeThePadding) {
  const Expected expected = ReadExpected();
  const int32_t pad = UnusedId(expected.ids);
  TokenIds ids = expected.ids;
  for (int64_t t = 10; t < kTokens; ++t) ids(1, t) = pad;
  const Tensor flexible = Outputs(TokenPosition::kLastReal, pad, ids);
  const Tensor mean = Outputs(TokenPosition::kMean, pad, ids);
  for (int64_t v = 0; v < kClasses; ++v) {
    EXPECT_NEAR(flexible.at({0, v}), expected.at(0, kTokens - 1, v), 2e-5);
    EXPECT_NEAR(flexible.at({1, v}), expected.at(1, 9, v), 2e-5);
    double sum = 0;
    for (int64_t t = 0; t < 10; ++t) sum += expected.at(1, t, v);
    EXPECT_NEAR(mean.at({1, v}), sum / 10, 2e-5);
  }
  ids.fill(pad);  // nothing but padding counts as one token
  const Tensor nothing = Outputs(TokenPosition::kLastReal, pad, ids);
  const Tensor first = Outputs(TokenPosition::kFirst, pad, ids);
  EXPECT_NEAR(nothing.at({0, 0}), first.at({0, 0}), 1e-6);
}

TEST(GptClassifier, HasGradientsAtEveryPosition) {
  const TokenIds ids = {{3, 1, 4, 1}, {5, 9, 0, 0}};
  for (const TokenPosition position : {TokenPosition::kLast, TokenPosition::kLastReal,
                                       TokenPosition::kFirst, TokenPosition::kMean}) {
    GptClassifier c = MakeMicro({.num_classes = 3, .pad_id = 0, .position = position});
    EXPECT_TRUE(GradientsAreRight(
        [&](const std::vector<Tensor>&) { return c.Forward(ids); },
        {c.out_head.weight, c.body->final_norm.scale, c.body->trf_blocks[1]->ff.contract.bias}))
        << TokenPositionName(position);
  }
}

TEST(GptClassifier, FreezesAsTheWorkshopDoes) {
  GptClassifier c = MakeMicro({.num_classes = 2, .pad_id = 0});
  const int64_t head = 2 * kWidth + 2, norm = 2 * kWidth;
  const int64_t block = 12 * kWidth * kWidth + 13 * kWidth;
  Freeze(c, TrainableLayers::kLastLayer);
  EXPECT_EQ(c.NumTrainableParameters(), head);
  Freeze(c, TrainableLayers::kLastBlock);
  EXPECT_EQ(c.NumTrainableParameters(), head + norm + block);
  EXPECT_FALSE(c.body->trf_blocks[0]->norm1.scale.requires_grad());
  Freeze(c, TrainableLayers::kLastTwoBlocks);
  EXPECT_EQ(c.NumTrainableParameters(), head + norm + 2 * block);
  Freeze(c, TrainableLayers::kAll);
  EXPECT_EQ(c.NumTrainableParameters(), c.NumParameters());
  EXPECT_EQ(c.NumParameters(), head + norm + 2 * block + (kVocabulary + 32) * kWidth);
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
