// Whole finetunings against PyTorch: testdata/generate.py does the same with the book's code, and
// every loss on the way must be the one that it found.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "ch06_classify/classify_run.h"
#include "workshop/file.h"

namespace gokart {
namespace {

constexpr char kFolder[] = "ch06_classify/testdata/";

nlohmann::json Golden(const std::string& run) {
  const absl::StatusOr<std::string> text = ReadFile(std::string(kFolder) + "finetuning.json");
  if (!text.ok()) throw std::runtime_error(text.status().ToString());
  return nlohmann::json::parse(*text).at(run);
}

// The workshop's setting for a small model, whose tokens are bytes.
ClassifyOptions Options() {
  ClassifyOptions o;
  o.data = std::string(kFolder) + "messages.tsv";
  o.quoting = "none";
  o.weights = "random";
  o.model = "gpt2-small";
  o.tokenizer = "bpe:257";
  o.emb_dim = 16, o.n_heads = 2, o.n_layers = 2, o.model_context_length = 64, o.qkv_bias = true;
  o.trainable_layers = "last_block";
  o.trainable_token_pos = "last";
  o.no_padding = false;
  o.num_epochs = 4;
  o.learning_rate = 5e-3, o.min_learning_rate = -1, o.warmup_steps = 0;
  o.drop_rate = 0;
  o.eval_freq = 5, o.eval_iter = 3;
  return o;
}

void ExpectGolden(const ClassifyOptions& options, const nlohmann::json& golden) {
  absl::StatusOr<std::unique_ptr<ClassifyRun>> run = ClassifyRun::Prepare(options);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ((*run)->classifier().model->NumTrainableParameters(), golden.at("trained"));
  EXPECT_EQ((*run)->longest_text(), golden.at("length"));
  EXPECT_NEAR((*run)->LossOf((*run)->test_loader()), golden.at("initial_test_loss"), 1e-5);
  std::vector<double> train, val;
  ClassifyObserver observer;
  observer.on_evaluation = [&](const Evaluation& e) {
    train.push_back(e.train_loss), val.push_back(e.val_loss);
  };
  ASSERT_TRUE((*run)->Train(observer).ok());
  ASSERT_EQ(train.size(), golden.at("train").size());
  for (size_t i = 0; i < train.size(); ++i) {
    EXPECT_NEAR(train[i], golden.at("train")[i], 2e-4) << "training, evaluation " << i;
    EXPECT_NEAR(val[i], golden.at("val")[i], 2e-4) << "validation, evaluation " << i;
  }
  const ClassifyScores scores = (*run)->Score();
  EXPECT_EQ(scores.train, golden.at("accuracies")[0]);
  EXPECT_EQ(scores.val, golden.at("accuracies")[1]);
  EXPECT_EQ(scores.test, golden.at("accuracies")[2]);
}

TEST(ClassifyGolden, TheLastBlockIsFinetunedAsInPyTorch) {
  ExpectGolden(Options(), Golden("last_block"));
}

TEST(ClassifyGolden, LoraIsFinetunedAsInPyTorch) {
  ClassifyOptions options = Options();
  options.lora_rank = 4;
  options.lora_alpha = 8;
  ExpectGolden(options, Golden("lora"));
}

}  // namespace
}  // namespace gokart
