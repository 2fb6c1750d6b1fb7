#include "ch07_instruct/dpo_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "ch02_data/character_tokenizer.h"
#include "ch06_classify/lora.h"
#include "ch07_instruct/dpo_reference.h"
#include "ch07_instruct/preference_dataset.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<Tensor> Scalars(const std::vector<float>& values) {
  std::vector<Tensor> tensors;
  for (float value : values) {
    tensors.push_back(Tensor::FromValues(Shape(), {value}));
    tensors.back().RequireGrad();
  }
  return tensors;
}

// The workshop's value before training, where policy and reference are the same.
TEST(DpoLossTest, IsLogTwoAtTheBeginning) {
  const DpoOutcome outcome = DpoLoss(Scalars({-1.5f, -0.5f, -2, -3}), {-1.5, -0.5, -2, -3}, 0.1);
  EXPECT_FLOAT_EQ(outcome.loss.item(), 0.6931471824645996f);
  EXPECT_EQ(outcome.rewards.Margin(), 0);
  EXPECT_EQ(outcome.rewards.accuracy, 0);
}

// Worked by hand: z1 = (-1 + 2) - (-3 + 3) = 1, z2 = (-2 + 1) - (-2 + 4) = -3, beta 0.5:
// (log(1 + e^-0.5) + log(1 + e^1.5)) / 2 = (0.474077 + 1.701413) / 2.
TEST(DpoLossTest, LossAndRewardsOfTwoPairs) {
  const std::vector<Tensor> policy = Scalars({-1, -2, -3, -2});
  const DpoOutcome outcome = DpoLoss(policy, {-2, -1, -3, -4}, 0.5);
  EXPECT_NEAR(outcome.loss.item(), 1.087745, 1e-5);
  EXPECT_DOUBLE_EQ(outcome.rewards.chosen, 0);    // (1 - 1) / 2
  EXPECT_DOUBLE_EQ(outcome.rewards.rejected, 1);  // (0 + 2) / 2
  EXPECT_DOUBLE_EQ(outcome.rewards.accuracy, 0.5);
  // dloss/dz = -beta sigmoid(-beta z) / 2, with + for chosen and - for rejected answers.
  outcome.loss.Backward();
  EXPECT_NEAR(policy[0].grad().item(), -0.5 * 0.377541 / 2, 1e-5);
  EXPECT_NEAR(policy[2].grad().item(), 0.5 * 0.377541 / 2, 1e-5);
  EXPECT_NEAR(policy[1].grad().item(), -0.5 * 0.817574 / 2, 1e-5);
  EXPECT_NEAR(policy[3].grad().item(), 0.5 * 0.817574 / 2, 1e-5);
}

TEST(DpoErrors, AreAnswersWithoutTheirPair) {
  EXPECT_THROW(DpoLoss({}, {}, 0.1), std::invalid_argument);
  EXPECT_THROW(DpoLoss(Scalars({1}), {1}, 0.1), std::invalid_argument);
  EXPECT_THROW(DpoLoss(Scalars({1, 2}), {1}, 0.1), std::invalid_argument);
}

CharacterTokenizer Characters() {
  return CharacterTokenizer(CharacterVocabulary("Q: HiGo onabcyesAn\n"));
}

InstructionEntry Pair(const std::string& instruction, const std::string& chosen,
                      const std::string& rejected) {
  InstructionEntry entry = {.instruction = instruction, .output = chosen};
  entry.extra["chosen"] = chosen;
  entry.extra["rejected"] = rejected;
  return entry;
}

PreferenceDataset Dataset2() {
  const CharacterTokenizer tokenizer = Characters();
  auto dataset = PreferenceDataset::Make({Pair("Hi", "yes", "a"), Pair("Go on", "c", "bbb")},
                                         **FindPromptTemplate("short"), tokenizer);
  EXPECT_TRUE(dataset.ok()) << dataset.status().message();
  return *std::move(dataset);
}

std::string Targets(const Batch& batch, size_t row) {
  const CharacterTokenizer tokenizer = Characters();
  std::string text;
  for (size_t i = 0; i < batch.targets.shape(1); ++i) {
    const int32_t target = batch.targets(row, i);
    text += target < 0 ? "." : tokenizer.Decode({target});
  }
  return text;
}

// The prompt "Q: Hi" and the two tokens behind it count for nothing, nor does the filling; the
// header's last characters do, as in the workshop. Position i predicts token i + 1.
TEST(PreferenceRows, AreTheChosenOnesThenTheRejectedOnes) {
  const PreferenceDataset dataset = Dataset2();
  const int64_t both[] = {0, 1};
  const Batch batch = dataset.Get(both);
  ASSERT_EQ(batch.inputs.shape(0), 4);
  ASSERT_EQ(batch.inputs.shape(1), 15);  // Q: Go on\nA: bbb
  EXPECT_EQ(Targets(batch, 0), "......: yes....");
  EXPECT_EQ(Targets(batch, 1), ".........: c...");
  EXPECT_EQ(Targets(batch, 2), "......: a......");
  EXPECT_EQ(Targets(batch, 3), ".........: bbb.");
  EXPECT_EQ(batch.inputs(0, 14), *Characters().EndOfText());
  const int64_t none = 2;
  EXPECT_THROW(dataset.Get({&none, 1}), std::invalid_argument);
}

// Both answers of a pair, with an end of text as their last target.
TEST(PreferenceRows, MayEndWithAnEndOfText) {
  const CharacterTokenizer tokenizer = Characters();
  const auto dataset =
      PreferenceDataset::Make({Pair("Hi", "yes", "a")}, **FindPromptTemplate("short"), tokenizer,
                              std::nullopt, /*with_ends=*/true);
  ASSERT_TRUE(dataset.ok());
  const PreferencePair with = dataset->pairs()[0], without = Dataset2().pairs()[0];
  ASSERT_EQ(with.chosen.size(), without.chosen.size() + 1);
  ASSERT_EQ(with.rejected.size(), without.rejected.size() + 1);
  EXPECT_EQ(with.chosen.back(), tokenizer.EndOfText());
  EXPECT_EQ(with.rejected.back(), tokenizer.EndOfText());
  const int64_t first[] = {0};
  const Batch batch = dataset->Get(first);
  EXPECT_EQ(batch.targets(0, with.chosen.size() - 2), tokenizer.EndOfText());
  EXPECT_EQ(batch.targets(1, with.rejected.size() - 2), tokenizer.EndOfText());
}

TEST(PreferenceDatasetTest, AnAnswerThatIsCutOffWhollyIsAnError) {
  const CharacterTokenizer tokenizer = Characters();
  const auto dataset = PreferenceDataset::Make({Pair("Hi", "yes", "a")},
                                               **FindPromptTemplate("short"), tokenizer, 7);
  EXPECT_THAT(std::string(dataset.status().message()), HasSubstr("entry 0: its prompt has 7"));
}

GptConfig TinyConfig() {
  GptConfig config = *FindGptConfig("laptop");
  config.vocab_size = Characters().vocab_size();
  config.context_length = 32;
  config.emb_dim = 16;
  config.n_heads = 2;
  config.n_layers = 1;
  config.drop_rate = 0;
  return config;
}

// A slow twin in double: log softmax over each counted position, and the mean.
double SlowLogProbability(const Tensor& logits, const Batch& batch, size_t row) {
  const size_t columns = batch.targets.shape(1), v = static_cast<size_t>(logits.dim(2));
  double sum = 0;
  int count = 0;
  for (size_t i = 0; i < columns; ++i) {
    const int32_t target = batch.targets(row, i);
    if (target < 0) continue;
    const auto x = logits.values().subspan((row * columns + i) * v, v);
    double total = 0;
    for (float value : x) total += std::exp(static_cast<double>(value));
    sum += x[target] - std::log(total);
    ++count;
  }
  return sum / count;
}

TEST(RowLogProbabilitiesTest, AreMeansOverTheAnswer) {
  ManualSeed(1);
  GPTModel model(TinyConfig());
  const PreferenceDataset dataset = Dataset2();
  const int64_t both[] = {0, 1};
  const Batch batch = dataset.Get(both);
  const Tensor logits = model.Forward(batch.inputs);
  const std::vector<Tensor> rows = RowLogProbabilities(logits, batch);
  ASSERT_EQ(rows.size(), 4);
  for (size_t row = 0; row < 4; ++row) {
    EXPECT_NEAR(rows[row].item(), SlowLogProbability(logits, batch, row), 1e-5);
  }
}

TEST(DpoReferenceTest, StaysWhatItWasAndKnowsRowsHoweverTheyAreFilledUp) {
  ManualSeed(1);
  GPTModel model(TinyConfig());
  model.Eval();
  const PreferenceDataset dataset = Dataset2();
  const int64_t both[] = {0, 1}, second[] = {1}, swapped[] = {1, 0};
  PrecomputedReference precomputed(model, {&dataset}, /*batch_size=*/2);
  const std::vector<double> before = precomputed.LogProbabilities(dataset.Get(both));
  const Tensor logits = model.Forward(dataset.Get(both).inputs);
  for (size_t row = 0; row < 4; ++row) {
    EXPECT_NEAR(before[row], SlowLogProbability(logits, dataset.Get(both), row), 1e-5);
  }
  for (Tensor parameter : model.Parameters()) parameter.mutable_data()[0] += 1;
  EXPECT_EQ(precomputed.LogProbabilities(dataset.Get(both)), before);
  EXPECT_EQ(precomputed.num_rows(), 4);
  EXPECT_THAT(precomputed.LogProbabilities(dataset.Get(second)), ElementsAre(before[1], before[3]));
  EXPECT_THAT(precomputed.LogProbabilities(dataset.Get(swapped)),
              ElementsAre(before[1], before[0], before[3], before[2]));
  Batch other = dataset.Get(both);
  other.inputs(0, 0) = 1;
  EXPECT_THROW(precomputed.LogProbabilities(other), std::logic_error);
}

TEST(DpoReferenceTest, WithoutAdaptersTheModelIsItsOwnReference) {
  ManualSeed(1);
  GPTModel model(TinyConfig());
  model.Eval();
  const PreferenceDataset dataset = Dataset2();
  const int64_t both[] = {0, 1};
  const Batch batch = dataset.Get(both);
  PrecomputedReference precomputed(model, {&dataset}, 2);
  ASSERT_TRUE(AddLora(model, {.rank = 2, .alpha = 2}).ok());
  for (const NamedLora& lora : LoraLayers(model)) {
    for (int64_t i = 0; i < lora.layer->lora_b.size(); ++i) {
      lora.layer->lora_b.mutable_data()[i] = 1;
    }
  }
  const std::vector<double> expected = precomputed.LogProbabilities(batch);
  const std::vector<double> reference = AdapterFreeReference(model).LogProbabilities(batch);
  const std::vector<Tensor> policy = RowLogProbabilities(model.Forward(batch.inputs), batch);
  for (size_t row = 0; row < 4; ++row) {
    EXPECT_NEAR(reference[row], expected[row], 1e-6);
    EXPECT_GT(std::abs(policy[row].item() - expected[row]), 1e-3);
  }
}

}  // namespace
}  // namespace gokart
