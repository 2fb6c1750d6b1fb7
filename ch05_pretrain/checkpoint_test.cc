#include "ch05_pretrain/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "ch04_model/gpt_model.h"
#include "tensor/ops/cross_entropy.h"
#include "tensor/random.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

GptConfig SmallConfig() {
  GptConfig c;
  c.vocab_size = 13;
  c.context_length = 8;
  c.emb_dim = 12;
  c.n_heads = 3;
  c.n_layers = 1;
  return c;
}

// A model after some steps, which has weights and moments to save.
struct Trained {
  explicit Trained(uint64_t seed, const GptConfig& config = SmallConfig(), int steps = 2) {
    ManualSeed(seed);
    model = std::make_unique<GPTModel>(config);
    optimizer = std::make_unique<AdamW>(model->NamedParameters(), AdamWConfig{});
    for (int i = 0; i < steps; ++i) Step();
  }
  void Step() {
    const TokenIds ids = {{1, 2, 3, 4}, {5, 6, 7, 8}};
    ops::CrossEntropy(model->Forward(ids), Flat(ids)).Backward();
    optimizer->Step();
    optimizer->ClearGrad();
  }
  std::vector<float> Values() const {
    std::vector<float> all;
    for (const Tensor& p : model->Parameters()) {
      all.insert(all.end(), p.values().begin(), p.values().end());
    }
    return all;
  }
  std::unique_ptr<GPTModel> model;
  std::unique_ptr<AdamW> optimizer;
};

class CheckpointTest : public ::testing::Test {
 protected:
  CheckpointTest() : path_(::testing::TempDir() + "/checkpoint_test." + std::to_string(getpid())) {}
  ~CheckpointTest() override { std::filesystem::remove(path_); }

  void Save(const Trained& trained, const TrainingState& state = {}) {
    const absl::Status s = SaveCheckpoint(path_, {.parts = trained.model->NamedParts(),
                                                  .optimizer = trained.optimizer.get(),
                                                  .state = state});
    ASSERT_TRUE(s.ok()) << s.message();
  }
  std::string LoadError(const Trained& into) {
    TrainingState state;
    const std::vector<float> before = into.Values();
    const absl::Status s = LoadCheckpoint(path_, into.model->NamedParts(), *into.optimizer, state);
    EXPECT_FALSE(s.ok());
    EXPECT_EQ(into.Values(), before) << "a failed load must change nothing";
    return std::string(s.message());
  }
  const std::string path_;
};

TEST_F(CheckpointTest, RestoresWeightsMomentsAndState) {
  Trained saved(1);
  TrainingState state = {.step = 7,
                         .epoch = 2,
                         .tokens_seen = 999,
                         .in_epoch = true,
                         .position = {.seed = 18446744073709551615u, .next_batch = 3}};
  Generator generator(5);
  generator.NormalDouble();
  state.generator = generator.state();
  Save(saved, state);
  Trained other(2);
  TrainingState read;
  ASSERT_TRUE(LoadCheckpoint(path_, other.model->NamedParts(), *other.optimizer, read).ok());
  EXPECT_EQ(read, state);
  EXPECT_EQ(other.Values(), saved.Values());
  // The next steps agree to the bit only if the moments and step counts do.
  ManualSeed(9);
  saved.Step();
  ManualSeed(9);
  other.Step();
  EXPECT_EQ(other.Values(), saved.Values());
}

TEST_F(CheckpointTest, DidacticAndFusedModelsShareCheckpoints) {
  const Trained saved(1);
  Save(saved);
  GptConfig config = SmallConfig();
  config.attention = "didactic";
  GPTModel other(config);
  ASSERT_TRUE(LoadWeights(path_, other.NamedParts()).ok());
  NoGrad no_grad;
  EvalMode eval_a(*saved.model), eval_b(other);
  const TokenIds ids = {{3, 1, 4, 1, 5}};
  const Tensor a = saved.model->Forward(ids), b = other.Forward(ids);
  for (int64_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a.data()[i], b.data()[i], 1e-5);
}

TEST_F(CheckpointTest, EveryFlippedByteIsNoticed) {
  const Trained trained(1, SmallConfig(), /*steps=*/1);
  Save(trained);
  const std::string good = *ReadFile(path_);
  for (size_t i = 0; i < good.size(); i += 97) {
    std::string bad = good;
    bad[i] ^= 0x10;
    ASSERT_TRUE(WriteFile(path_, bad).ok());
    const std::string error = LoadError(trained);
    EXPECT_THAT(error, HasSubstr(path_)) << "byte " << i;
  }
}

TEST_F(CheckpointTest, TruncatedAndForeignFiles) {
  const Trained trained(1);
  Save(trained);
  const std::string good = *ReadFile(path_);
  for (size_t size : {size_t{0}, size_t{7}, size_t{100}, good.size() / 2, good.size() - 1}) {
    ASSERT_TRUE(WriteFile(path_, good.substr(0, size)).ok());
    LoadError(trained);
  }
  ASSERT_TRUE(WriteSafetensors(path_, {}).ok());
  EXPECT_THAT(LoadError(trained), HasSubstr("is no checkpoint of this program"));
  std::filesystem::remove(path_);
  EXPECT_THAT(LoadError(trained), HasSubstr("No such file"));
}

TEST_F(CheckpointTest, AnotherModelIsDescribed) {
  Save(Trained(1));
  GptConfig config = SmallConfig();
  config.vocab_size = 14;
  config.qkv_bias = true;
  EXPECT_THAT(LoadError(Trained(2, config)),
              AllOf(HasSubstr("tok_emb.weight is F32 [13, 12], expected F32 [14, 12]"),
                    HasSubstr("W_query.bias [12] is missing")));
  config = SmallConfig();
  config.tie_weights = true;
  EXPECT_THAT(LoadError(Trained(2, config)), HasSubstr("out_head.weight [13, 12] is left over"));
}

TEST_F(CheckpointTest, WeightsAloneCannotBeResumed) {
  const Trained trained(1);
  ASSERT_TRUE(SaveCheckpoint(path_, {.parts = trained.model->NamedParts()}).ok());
  EXPECT_TRUE(LoadWeights(path_, Trained(3).model->NamedParts()).ok());
  EXPECT_THAT(LoadError(trained), HasSubstr("no training state"));
}

TEST_F(CheckpointTest, AFailedSaveLeavesTheLastCheckpoint) {
  const Trained trained(1);
  Save(trained);
  const std::string good = *ReadFile(path_);
  EXPECT_FALSE(SaveCheckpoint("/dev/full", {.parts = trained.model->NamedParts()}).ok());
  EXPECT_FALSE(SaveCheckpoint("/no/such/folder/c", {.parts = trained.model->NamedParts()}).ok());
  EXPECT_EQ(*ReadFile(path_), good);
}

}  // namespace
}  // namespace gokart
