#include "ch06_classify/lora.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "ch04_model/gpt_model.h"
#include "ch06_classify/gpt_classifier.h"
#include "tensor/nn/adamw.h"
#include "tensor/nn/skip_init.h"
#include "tensor/ops/matmul.h"
#include "tensor/ops/reduce.h"
#include "tensor/ops/unary.h"
#include "tensor/random.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

GptConfig Config(const std::string& attention = "fused") {
  GptConfig c;
  c.vocab_size = 20, c.context_length = 8, c.emb_dim = 8, c.n_heads = 2, c.n_layers = 2;
  c.drop_rate = 0, c.qkv_bias = true, c.attention = attention;
  return c;
}

const TokenIds& Ids() {
  static const auto& ids = *new TokenIds{{3, 1, 4, 1, 5}, {9, 2, 6, 5, 3}};
  return ids;
}

// Adapters that have learned something.
void Disturb(Module& model) {
  Generator generator(7);
  for (const NamedLora& lora : LoraLayers(model)) {
    generator.Normal(lora.layer->lora_b.mutable_data(), lora.layer->lora_b.size(), 0, 0.3f);
  }
}

// A [in 2, rank 1] = (1, 2)^T, B [1, out 2] = (3, 4), alpha / rank = 0.5:
// x A B / 2 for x = (5, 6) is 17 * (3, 4) / 2.
TEST(LoraForward, IsTheProductWorkedByHand) {
  LoraLayer layer(2, 2, 1, 0.5);
  layer.lora_a = Tensor::FromValues({1, 2}, {1, 2});
  layer.lora_b = Tensor::FromValues({2, 1}, {3, 4});
  EXPECT_THAT(layer.Forward(Tensor::FromValues({1, 2}, {5, 6})).values(), ElementsAre(25.5f, 34));
}

TEST(LoraWeightDelta, IsTheProductWorkedByHand) {
  LoraLayer layer(2, 2, 1, 0.5);
  layer.lora_a = Tensor::FromValues({1, 2}, {1, 2});
  layer.lora_b = Tensor::FromValues({2, 1}, {3, 4});
  EXPECT_THAT(layer.WeightDelta().values(), ElementsAre(1.5f, 3, 2, 4)) << "[out 2, in 2]";
}

// x times the transpose of the delta is what Forward adds.
TEST(LoraWeightDelta, DoesToTheWeightWhatForwardDoesBesideIt) {
  LoraLayer layer(4, 3, 2, 5);
  layer.lora_b = RandomTensor({3, 2}, 2);
  const Tensor x = RandomTensor({6, 4}, 3);
  const Tensor delta = layer.WeightDelta();
  ASSERT_EQ(delta.shape(), Shape({3, 4}));
  EXPECT_THAT(ops::MatMul(x, delta, {.transpose_b = true}).values(),
              Pointwise(FloatNear(1e-5f), layer.Forward(x).values()));
}

TEST(LoraLayer, RefusesARankOfZero) { EXPECT_THROW(LoraLayer(2, 2, 0, 1), std::invalid_argument); }

// torch.nn.init.kaiming_uniform_(A, a=sqrt(5)) on A [in, rank] draws row by row from
// +-1/sqrt(rank).
TEST(LoraLayerAtFirst, IsDrawnAsInTheWorkshop) {
  ManualSeed(123);
  const LoraLayer layer(3, 5, 4, 8);
  ManualSeed(123);
  std::vector<float> drawn(12);
  GlobalGenerator().Uniform(drawn.data(), 12, -0.5f, 0.5f);
  for (int64_t in = 0; in < 3; ++in) {
    for (int64_t r = 0; r < 4; ++r) EXPECT_EQ(layer.lora_a.at({r, in}), drawn[in * 4 + r]);
  }
  EXPECT_EQ(layer.lora_b.shape(), Shape({5, 4}));
  for (const float b : layer.lora_b.values()) EXPECT_EQ(b, 0);
  EXPECT_EQ(layer.scale(), 2);
}

TEST(LoraLayerAtFirst, HasTwoMatricesToLearn) {
  const LoraLayer layer(3, 5, 4, 8);
  std::vector<std::string> names;
  for (const NamedTensor& parameter : layer.NamedParameters()) {
    EXPECT_TRUE(parameter.tensor.requires_grad()) << parameter.name;
    names.push_back(parameter.name);
  }
  EXPECT_THAT(names, ElementsAre("lora_A.weight", "lora_B.weight"));
}

TEST(LoraForward, HasGradients) {
  ManualSeed(1);
  LoraLayer layer(4, 3, 2, 3);
  layer.lora_b = RandomTensor({3, 2}, 2).RequireGrad();
  EXPECT_TRUE(
      GradientsAreRight([&](const std::vector<Tensor>& in) { return layer.Forward(in[0]); },
                        {RandomTensor({2, 5, 4}, 3).RequireGrad(), layer.lora_a, layer.lora_b}));
}

// Appendix E: 2,666,528 of GPT-2 small's classifier. Exercise 7.4: 7,898,384 of GPT-2 medium with
// its head onto the vocabulary.
TEST(AddLora, HasTheWorkshopsNumbersOfParameters) {
  const SkipInit skip_init;  // sizes alone count
  GptConfig small = *FindGptConfig("gpt2-small");
  small.qkv_bias = true;
  GptClassifier classifier(std::make_unique<GPTModel>(small), {});
  EXPECT_EQ(classifier.NumParameters(), 124441346);
  ASSERT_TRUE(AddLora(classifier, {.rank = 16, .alpha = 16}).ok());
  EXPECT_EQ(classifier.NumTrainableParameters(), 2666528);
  GptConfig medium = *FindGptConfig("gpt2-medium");
  medium.qkv_bias = true;
  GPTModel model(medium);
  EXPECT_EQ(model.NumParameters(), 406286336);
  ASSERT_TRUE(AddLora(model, {.rank = 16, .alpha = 16}).ok());
  EXPECT_EQ(model.NumTrainableParameters(), 7898384);
}

TEST(AddLora, GoesThroughTheLayersInTheWorkshopsOrder) {
  for (const char* attention : {"fused", "didactic"}) {
    GPTModel model(Config(attention));
    ASSERT_TRUE(AddLora(model, {.rank = 2}).ok());
    std::vector<std::string> names;
    for (const NamedLora& lora : LoraLayers(model)) names.push_back(lora.name);
    ASSERT_EQ(names.size(), 13u);
    EXPECT_THAT(std::vector<std::string>(names.begin(), names.begin() + 7),
                ElementsAre("trf_blocks.0.att.W_query", "trf_blocks.0.att.W_key",
                            "trf_blocks.0.att.W_value", "trf_blocks.0.att.out_proj",
                            "trf_blocks.0.ff.layers.0", "trf_blocks.0.ff.layers.2",
                            "trf_blocks.1.att.W_query"));
    EXPECT_EQ(names.back(), "out_head");
    std::vector<std::string> parameters;
    for (const NamedTensor& p : model.NamedParameters()) {
      if (p.tensor.requires_grad()) parameters.push_back(p.name);
    }
    EXPECT_EQ(parameters[2], "trf_blocks.0.att.W_key.lora_A.weight");
    EXPECT_EQ(parameters.back(), "out_head.lora_B.weight");
  }
}

TEST(AddLora, ChangesNothingAtFirst) {
  ManualSeed(1);
  GPTModel model(Config());
  const Tensor before = model.Forward(Ids());
  ASSERT_TRUE(AddLora(model, {.rank = 3}).ok());
  EXPECT_THAT(model.Forward(Ids()).values(), Pointwise(FloatNear(0), before.values()));
}

// The packed projection and the three single ones of the didactic attention are the same model.
TEST(AddLora, PackedLayersComputeWhatSingleOnesDo) {
  ManualSeed(1);
  GPTModel fused(Config("fused"));
  ManualSeed(1);
  GPTModel didactic(Config("didactic"));
  for (GPTModel* model : {&fused, &didactic}) {
    ManualSeed(2);
    ASSERT_TRUE(AddLora(*model, {.rank = 3, .targets = {"W_query", "W_value", "out_head"}}).ok());
    EXPECT_EQ(LoraLayers(*model).size(), 5u);
    Disturb(*model);
  }
  EXPECT_THAT(fused.Forward(Ids()).values(),
              Pointwise(FloatNear(2e-5f), didactic.Forward(Ids()).values()));
}

TEST(AddLora, TrainsAdaptersAloneAndWhatItIsTold) {
  GPTModel model(Config());
  ASSERT_TRUE(AddLora(model, {.rank = 2, .also_train = {"out_head"}}).ok());
  const std::vector<float> query(model.NamedParts()[2].values().begin(),
                                 model.NamedParts()[2].values().end());
  const Tensor head = model.out_head->weight.Clone();
  AdamW optimizer(model.NamedParameters(), {});
  for (int i = 0; i < 2; ++i) {  // B is zero at first, and so is the gradient of A
    ops::Sum(ops::Square(model.Forward(Ids()))).Backward();
    optimizer.Step();
    optimizer.ClearGrad();
  }
  EXPECT_EQ(model.NamedParts()[2].name, "trf_blocks.0.att.W_query.weight");
  EXPECT_THAT(model.NamedParts()[2].values(), Pointwise(FloatNear(0), query));
  EXPECT_NE(model.out_head->weight.data()[0], head.data()[0]);
  EXPECT_NE(LoraLayers(model)[0].layer->lora_b.data()[0], 0);
}

TEST(LoraConfigs, ThatMakeNoSenseAreRefused) {
  GPTModel model(Config());
  EXPECT_FALSE(AddLora(model, {.rank = 0}).ok());
  EXPECT_FALSE(AddLora(model, {.rank = 2, .alpha = 0}).ok());
  EXPECT_THAT(std::string(AddLora(model, {.rank = 2, .targets = {"W_qery"}}).message()),
              HasSubstr("'W_qery'; there are trf_blocks.0.att.W_query"));
  EXPECT_TRUE(LoraLayers(model).empty());
  EXPECT_EQ(model.NumTrainableParameters(), model.NumParameters());
}

TEST(MergeLora, GivesTheSameOutputsWithoutAdapters) {
  for (const char* attention : {"fused", "didactic"}) {
    ManualSeed(1);
    GPTModel model(Config(attention));
    ASSERT_TRUE(AddLora(model, {.rank = 3, .alpha = 2}).ok());
    Disturb(model);
    const Tensor with = model.Forward(Ids());
    const int64_t own = static_cast<int64_t>(model.OwnParameters().size());
    ASSERT_TRUE(MergeLora(model).ok());
    EXPECT_TRUE(LoraLayers(model).empty());
    EXPECT_EQ(static_cast<int64_t>(model.NamedParameters().size()), own);
    EXPECT_THAT(model.Forward(Ids()).values(), Pointwise(FloatNear(2e-5f), with.values()));
  }
}

// Another model in the same memory keeps its weights.
TEST(MergeLora, LeavesSharedMemoryAlone) {
  GPTModel model(Config()), other(Config());
  std::vector<Tensor> from = model.Parameters(), to = other.Parameters();
  for (size_t i = 0; i < to.size(); ++i) to[i].SetBuffer(from[i].buffer());
  const Tensor before = other.Forward(Ids());
  ASSERT_TRUE(AddLora(model, {.rank = 3}).ok());
  Disturb(model);
  ASSERT_TRUE(MergeLora(model).ok());
  EXPECT_THAT(other.Forward(Ids()).values(), Pointwise(FloatNear(0), before.values()));
}

TEST(WithoutLora, IsTheBaseModelForAScope) {
  ManualSeed(1);
  GPTModel model(Config());
  const Tensor base = model.Forward(Ids());
  ASSERT_TRUE(AddLora(model, {.rank = 3}).ok());
  Disturb(model);
  const Tensor policy = model.Forward(Ids());
  {
    const WithoutLora without(model);
    EXPECT_THAT(model.Forward(Ids()).values(), Pointwise(FloatNear(0), base.values()));
    { const WithoutLora again(model); }
    EXPECT_THAT(model.Forward(Ids()).values(), Pointwise(FloatNear(0), base.values()))
        << "behind a scope within the scope";
  }
  EXPECT_THAT(model.Forward(Ids()).values(), Pointwise(FloatNear(0), policy.values()));
  EXPECT_NE(policy.data()[0], base.data()[0]);
  RemoveLora(model);
  EXPECT_THAT(model.Forward(Ids()).values(), Pointwise(FloatNear(0), base.values()));
}

// QLoRA: the adapters compute on top of weights in 4 bits and have gradients, the weights none.
TEST(AddLora, WorksOnQuantisedWeights) {
  ManualSeed(1);
  GPTModel model(Config());
  const Tensor exact = model.Forward(Ids());
  for (const auto& block : model.trf_blocks) block->QuantizeWeights(WeightFormat::kNF4);
  const Tensor base = model.Forward(Ids());
  EXPECT_THAT(base.values(), Pointwise(FloatNear(0.3f), exact.values()));
  ASSERT_TRUE(AddLora(model, {.rank = 2, .alpha = 1}).ok());
  EXPECT_THAT(model.Forward(Ids()).values(), Pointwise(FloatNear(0), base.values()));
  Disturb(model);
  const NamedLora first = LoraLayers(model).front();
  EXPECT_TRUE(GradientsAreRight([&](const std::vector<Tensor>&) { return model.Forward(Ids()); },
                                {first.layer->lora_a, first.layer->lora_b}));
}

TEST(MergeLora, ChangesNothingIfALayerIsQuantised) {
  ManualSeed(1);
  GPTModel model(Config());
  model.trf_blocks[1]->QuantizeWeights(WeightFormat::kNF4);
  ASSERT_TRUE(AddLora(model, {.rank = 2, .alpha = 1}).ok());
  Disturb(model);
  const Tensor before = model.Forward(Ids());
  EXPECT_THAT(std::string(MergeLora(model).message()),
              HasSubstr("trf_blocks.1.att.W_query is quantised"));
  EXPECT_EQ(LoraLayers(model).size(), 13u) << "adapters that are still beside their layers";
  EXPECT_THAT(model.Forward(Ids()).values(), Pointwise(FloatNear(0), before.values()));
}

}  // namespace
}  // namespace gokart
