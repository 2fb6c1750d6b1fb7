#include "ch07_instruct/finetune_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "ch05_pretrain/checkpoint.h"
#include "ch05_pretrain/run_tokenizer.h"
#include "ch07_instruct/answer_scores.h"
#include "ch07_instruct/dpo_run.h"
#include "ch07_instruct/instruct_adapter.h"
#include "tensor/ops/cross_entropy.h"
#include "tensor/random.h"
#include "workshop/file.h"
#include "workshop/stories/stories.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// A run's checkpoint folder with a small random model in it.
class FinetuneRunTest : public ::testing::Test {
 protected:
  FinetuneRunTest() : folder_(::testing::TempDir() + "/finetune." + std::to_string(getpid())) {
    fs::create_directories(folder_ + "/base");
    auto tokenizer = MakeRunTokenizer("bpe:400", StoryStream(1, 20000));
    EXPECT_TRUE(SaveRunTokenizer(**tokenizer, folder_ + "/base").ok());
    GptConfig config = *FindGptConfig("laptop");
    config.vocab_size = (*tokenizer)->vocab_size();
    config.context_length = 96;
    config.emb_dim = 16;
    config.n_heads = 2;
    config.n_layers = 1;
    config.drop_rate = 0;
    ManualSeed(1);
    const GPTModel model(config);
    EXPECT_TRUE(SaveCheckpoint(folder_ + "/base/checkpoint.safetensors",
                               {.parts = model.NamedParts(),
                                .metadata = {{"config", GptConfigToJson(config).dump()}}})
                    .ok());
  }
  ~FinetuneRunTest() override { fs::remove_all(folder_); }

  std::string WriteData(const std::string& json) {
    const std::string path = folder_ + "/data.json";
    EXPECT_TRUE(WriteFile(path, json).ok());
    return path;
  }

  // Forty entries that a small model can learn by heart.
  std::string SmallData() {
    std::vector<InstructionEntry> entries;
    for (int i = 0; i < 40; ++i) {
      const std::string word = i % 2 == 0 ? "red" : "blue";
      InstructionEntry entry = {.instruction = "Say " + word + ".",
                                .input = std::string(1 + i % 5, 'a' + i % 7),
                                .output = word};
      entry.extra["chosen"] = word;
      entry.extra["rejected"] = word == "red" ? "blue" : "red";
      entries.push_back(entry);
    }
    return WriteData(InstructionsToJson(entries));
  }

  FinetuneOptions Options() {
    FinetuneOptions o;
    o.weights = folder_ + "/base";
    o.data = SmallData();
    o.prompt_template = "short";
    o.batch_size = 4;
    o.num_epochs = 6;
    o.learning_rate = 1e-2;
    o.eval_freq = 4;
    o.eval_iter = 2;
    return o;
  }

  std::string StartError(const FinetuneOptions& options) {
    const auto run = FinetuneRun::Start(options, folder_ + "/error");
    return run.ok() ? "ok" : std::string(run.status().message());
  }

  const std::string folder_;
};

TEST_F(FinetuneRunTest, LearnsSavesAndReloads) {
  auto run = FinetuneRun::Start(Options(), folder_ + "/run");
  ASSERT_TRUE(run.ok()) << run.status().message();
  EXPECT_EQ((*run)->entries().train.size(), 34);
  EXPECT_EQ((*run)->total_steps(), 6 * 8);
  std::vector<std::string> samples;
  ASSERT_TRUE(
      (*run)
          ->Train({.on_sample = [&](int64_t, const std::string& s) { samples.push_back(s); }})
          .ok());
  EXPECT_TRUE((*run)->finished());
  EXPECT_EQ(samples.size(), 6);
  const std::vector<Evaluation>& history = (*run)->history();
  ASSERT_EQ(history.size(), 12);
  EXPECT_LT(history.back().train_loss, history.front().train_loss / 2);
  const auto answer = Respond((*run)->model(), "Say red.", "bb", {.max_new_tokens = 5});
  EXPECT_EQ(*answer, "red");
  for (const char* file : {"config.json", "metrics.csv", "checkpoint/checkpoint.safetensors"}) {
    EXPECT_TRUE(fs::exists(folder_ + "/run/" + file)) << file;
  }
  // The run tells the template; the folder, its checkpoint folder and the file are all the model.
  for (const char* path : {"/run", "/run/checkpoint", "/run/checkpoint/checkpoint.safetensors"}) {
    const auto again = LoadInstructModel(folder_ + path, "");
    ASSERT_TRUE(again.ok()) << again.status().message();
    EXPECT_EQ(again->prompt_template->name, "short");
    EXPECT_EQ(*Respond(*again, "Say red.", "bb", {.max_new_tokens = 5}), *answer);
  }
  const auto base = LoadInstructModel(folder_ + "/base", "");
  EXPECT_EQ(base->prompt_template->name, "alpaca");
  EXPECT_THAT(base->trained.notes, ::testing::Contains(HasSubstr("template alpaca is taken")));
}

// The loss before training, once more in double from the logits, over the batches that the loader
// must make: in order, of four texts, filled up to the longest.
TEST_F(FinetuneRunTest, InitialLossIsTheMeanOverCountedTargets) {
  FinetuneOptions options = Options();
  options.mask_instructions = true;
  auto run = FinetuneRun::Start(options, folder_ + "/run");
  ASSERT_TRUE(run.ok());
  const GPTModel& model = (*run)->model().model();
  const Tokenizer& tokenizer = (*run)->model().tokenizer();
  double sum = 0;
  int count = 0;
  for (const InstructionEntry& entry : (*run)->entries().val) {  // two: a batch of its own
    const std::string request = entry.input + "\nQ: " + entry.instruction;
    std::vector<int32_t> ids = *tokenizer.Encode(request + "\nA: " + entry.output);
    const size_t masked = tokenizer.Encode(request)->size();
    TokenIds inputs({1, ids.size()});
    std::copy(ids.begin(), ids.end(), inputs.data());
    const Tensor logits = model.Forward(inputs);
    ids.push_back(*tokenizer.EndOfText());
    const size_t v = static_cast<size_t>(logits.dim(2));
    for (size_t i = masked - 1; i + 1 < ids.size(); ++i, ++count) {
      const auto row = logits.values().subspan(i * v, v);
      double total = 0;
      for (float x : row) total += std::exp(static_cast<double>(x));
      sum += std::log(total) - row[ids[i + 1]];
    }
  }
  ASSERT_EQ((*run)->entries().val.size(), 2);
  EXPECT_NEAR((*run)->MeasureInitialLosses().second, sum / count, 1e-5);
}

// As the workshop counts them: all positions of all batches, the filling too.
TEST_F(FinetuneRunTest, TokensSeenCountWholeBatches) {
  FinetuneOptions options = Options();
  options.num_epochs = 1;
  options.eval_freq = 1;
  auto run = FinetuneRun::Start(options, folder_ + "/run");
  ASSERT_TRUE(run.ok());
  // The same order once more: the seed, then what two losses and an epoch draw.
  const DataLoader loader((*run)->train_data(), {.batch_size = 4});
  ManualSeed(123);
  DataLoader::Pass pass = loader.Begin(GlobalGenerator());
  std::vector<int64_t> expected;
  int64_t total = 0;
  while (const auto batch = pass.Next()) {
    total += static_cast<int64_t>(batch->inputs.size());
    expected.push_back(total);
  }
  ManualSeed(123);
  ASSERT_TRUE((*run)->Train({}).ok());
  std::vector<int64_t> seen;
  for (const Evaluation& e : (*run)->history()) seen.push_back(e.tokens_seen);
  EXPECT_EQ(seen, expected);
}

TEST_F(FinetuneRunTest, AdaptersTrainAloneAndAreMergedInTheEnd) {
  FinetuneOptions options = Options();
  options.lora_rank = 4;
  options.num_epochs = 2;
  options.group_window = 2;
  auto run = FinetuneRun::Start(options, folder_ + "/run");
  ASSERT_TRUE(run.ok()) << run.status().message();
  const GPTModel& model = (*run)->model().model();
  const int64_t c = 16, v = model.config.vocab_size;
  // Rank times inputs plus outputs: four of attention, two of the feed forward, the head.
  EXPECT_EQ((*run)->trainable_parameters(), 4 * (4 * 2 * c + 2 * 5 * c + (c + v)));
  const auto before = LoadTrainedModel(folder_ + "/base");
  ASSERT_TRUE((*run)->Train({}).ok());
  const auto after = LoadTrainedModel(folder_ + "/run");
  ASSERT_TRUE(after.ok()) << after.status().message();
  // Embeddings stay; what had an adapter has changed.
  const auto same = [&](const Tensor& a, const Tensor& b) {
    return std::equal(a.values().begin(), a.values().end(), b.values().begin());
  };
  EXPECT_TRUE(same(before->model->tok_emb.weight, after->model->tok_emb.weight));
  EXPECT_FALSE(same(before->model->out_head->weight, after->model->out_head->weight));
  EXPECT_EQ(
      *Respond((*run)->model(), "Say red.", "b", {.max_new_tokens = 5}),
      *Respond(*LoadInstructModel(folder_ + "/run", ""), "Say red.", "b", {.max_new_tokens = 5}));
}

// The adapters' file and the base model give what the merged model gives; another base model, or a
// classifier's adapter, is refused.
TEST_F(FinetuneRunTest, AdaptersAreAFileOfTheirOwn) {
  FinetuneOptions options = Options();
  options.lora_rank = 2;
  options.num_epochs = 1;
  for (const bool merged : {true, false}) {
    options.save_merged = merged;
    const std::string folder = folder_ + (merged ? "/both" : "/alone");
    auto run = FinetuneRun::Start(options, folder);
    ASSERT_TRUE(run.ok()) << run.status().message();
    ASSERT_TRUE((*run)->Train({}).ok());
    EXPECT_EQ(fs::exists(folder + "/checkpoint"), merged);
    EXPECT_LT(fs::file_size(folder + "/adapter/adapter_model.safetensors"),
              fs::file_size(folder_ + "/base/checkpoint.safetensors") / 2);
    const auto values = [](const InstructModel& model) {
      std::vector<float> all;
      for (const NamedPart& part : model.model().NamedParts()) {
        all.insert(all.end(), part.values().begin(), part.values().end());
      }
      return all;
    };
    for (const ModelChoice& choice :
         {ModelChoice{.weights = folder}, ModelChoice{.adapter = folder},
          ModelChoice{.weights = folder_ + "/base", .adapter = folder + "/adapter"}}) {
      const auto model = LoadChosenModel(choice);
      ASSERT_TRUE(model.ok()) << model.status().message();
      EXPECT_EQ(model->prompt_template->name, "short");
      EXPECT_EQ(values(*model), values((*run)->model()));
    }
  }
  const std::string other = folder_ + "/both";  // a model of the same sizes, but not the base
  EXPECT_THAT(std::string(LoadChosenModel({.weights = other, .adapter = other}).status().message()),
              HasSubstr("both/adapter: is an adapter for another base model"));
  EXPECT_THAT(std::string(LoadChosenModel({.adapter = folder_ + "/base"}).status().message()),
              HasSubstr("base: no adapter_config.json there"));
  const std::string config = folder_ + "/both/adapter/adapter_config.json";
  std::string text = *ReadFile(config);
  text.insert(text.find("\"template\""), "\"classifier\": \"{}\", ");
  ASSERT_TRUE(WriteFile(config, text).ok());
  EXPECT_THAT(std::string(LoadChosenModel({.adapter = folder_ + "/both"}).status().message()),
              HasSubstr("is the adapter of a classifier"));
  fs::remove_all(folder_ + "/base");
  EXPECT_THAT(std::string(LoadChosenModel({.weights = folder_ + "/alone"}).status().message()),
              HasSubstr("alone/adapter: its base model: "));
}

TEST_F(FinetuneRunTest, StopsWhenAskedAndSavesWhatThereIs) {
  auto run = FinetuneRun::Start(Options(), folder_ + "/run");
  ASSERT_TRUE(run.ok());
  int asked = 0;
  ASSERT_TRUE((*run)->Train({.should_stop = [&] { return ++asked == 3; }}).ok());
  EXPECT_FALSE((*run)->finished());
  EXPECT_EQ((*run)->steps_done(), 3);
  EXPECT_TRUE(LoadTrainedModel(folder_ + "/run").ok());
}

TEST_F(FinetuneRunTest, MistakesAreSaidInOneLine) {
  FinetuneOptions options = Options();
  options.weights = folder_ + "/nothing";
  EXPECT_THAT(StartError(options), HasSubstr(folder_ + "/nothing"));
  options = Options();
  options.prompt_template = "alpaka";
  EXPECT_THAT(StartError(options), HasSubstr("no prompt template 'alpaka'"));
  options = Options();
  options.batch_size = 35;
  EXPECT_EQ(StartError(options), "the training part has 34 entries: too few for a batch of 35");
  options.batch_size = 0;
  EXPECT_EQ(StartError(options), "batch_size is 0: must be at least 1");
  options = Options();
  options.data = WriteData("[{\"instruction\": \"A\",\n \"output\": }]");
  EXPECT_THAT(StartError(options), HasSubstr("data.json: line 2, column 12: no JSON"));
  options.data = WriteData("[{\"instruction\": \"A\", \"output\": \"B\"}]");
  EXPECT_THAT(StartError(options), HasSubstr("too few"));
  EXPECT_FALSE(fs::exists(folder_ + "/error"));
}

// PyTorch's and TensorFlow's files hold one model, but neither its heads nor its tokenizer.
TEST_F(FinetuneRunTest, BeginsFromWeightsThatDoNotTellAll) {
  const std::string micro = "tensor/testdata/gpt2_micro/", words = folder_ + "/words.json";
  std::string vocabulary;  // as many as the model has
  for (int i = 0; i < 95; ++i) vocabulary += "\"" + std::string(1 + i / 26, 'a' + i % 26) + "\", ";
  ASSERT_TRUE(WriteFile(words, "{\"gokart_tokenizer\": \"words\", \"vocabulary\": [" + vocabulary +
                                   "\"<|endoftext|>\", \"<|unk|>\"]}")
                  .ok());
  std::string expected;
  for (const std::string& file :
       {micro + "hf.safetensors", micro + "workshop.pth", micro + "tf/model.ckpt"}) {
    const auto model = LoadChosenModel(
        {.weights = file, .prompt_template = "short", .tokenizer = words, .n_heads = 4});
    ASSERT_TRUE(model.ok()) << model.status().message();
    EXPECT_EQ(model->model().config.n_heads, 4);
    const auto answer = Respond(*model, "say red", "", {.max_new_tokens = 5});
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    if (expected.empty()) expected = *answer;
    EXPECT_EQ(*answer, expected) << file;
  }
  EXPECT_FALSE(expected.empty());
  FinetuneOptions options = Options();
  options.weights = micro + "tf/model.ckpt";
  options.tokenizer = words;
  EXPECT_THAT(StartError(options), HasSubstr("give --n_heads"));
  options.n_heads = 4;
  EXPECT_EQ(StartError(options), "ok");
}

TEST_F(FinetuneRunTest, AClassifierAnswersNothing) {
  const GPTModel model(*FindGptConfig("laptop"));
  ASSERT_TRUE(SaveCheckpoint(folder_ + "/classifier.safetensors",
                             {.parts = model.NamedParts(), .metadata = {{"classifier", "{}"}}})
                  .ok());
  EXPECT_THAT(
      std::string(LoadInstructModel(folder_ + "/classifier.safetensors", "").status().message()),
      HasSubstr("classifier.safetensors: is a classifier, which answers nothing"));
}

TEST_F(FinetuneRunTest, ALearningRateThatIsTooHighEndsTheRunWithAWord) {
  FinetuneOptions options = Options();
  options.learning_rate = 1e30;
  auto run = FinetuneRun::Start(options, folder_ + "/run");
  ASSERT_TRUE(run.ok());
  EXPECT_THAT(std::string((*run)->Train({}).message()), HasSubstr("may be too high"));
}

// log 2 and no margin before the first step; then the chosen answers win.
TEST_F(FinetuneRunTest, PreferencesAreLearnt) {
  for (int64_t rank : {0, 4}) {
    DpoOptions options;
    options.weights = folder_ + "/base";
    options.data = SmallData();
    options.prompt_template = "short";
    options.lora_rank = rank;
    options.batch_size = 2;
    options.num_epochs = 4;
    options.learning_rate = 1e-2;
    auto run = DpoRun::Start(options, folder_ + "/dpo" + std::to_string(rank));
    ASSERT_TRUE(run.ok()) << run.status().message();
    const DpoEvaluation before = (*run)->Evaluate();
    EXPECT_NEAR(before.train_loss, std::log(2.0), 1e-6);
    EXPECT_NEAR(before.val_loss, std::log(2.0), 1e-6);
    EXPECT_NEAR(before.val.Margin(), 0, 1e-6);
    ASSERT_TRUE((*run)->Train({}).ok());
    const DpoEvaluation after = (*run)->Evaluate();
    EXPECT_TRUE((*run)->finished());
    if (rank == 0) {
      EXPECT_LT(after.val_loss, 0.6);
      EXPECT_GT(after.val.Margin(), 1);
      EXPECT_EQ(after.val.accuracy, 1);
    }
    EXPECT_EQ((*run)->history().front().step, 0);
    EXPECT_TRUE(LoadInstructModel((*run)->folder(), "").ok());
  }
}

// DPO alone makes a random model prefer an answer, but not say it.
TEST_F(FinetuneRunTest, ChosenAnswersBecomeLikelyWithTheirOwnLoss) {
  DpoOptions options;
  options.weights = folder_ + "/base";
  options.data = SmallData();
  options.prompt_template = "short";
  options.batch_size = 2;
  options.num_epochs = 6;
  options.learning_rate = 1e-2;
  for (const bool with_loss : {false, true}) {
    options.nll_weight = with_loss ? 1 : 0;
    auto run = DpoRun::Start(options, folder_ + (with_loss ? "/with" : "/without"));
    ASSERT_TRUE(run.ok()) << run.status().message();
    ASSERT_TRUE((*run)->Train({}).ok());
    const auto answer = Respond((*run)->model(), "Say blue.", "ccc", {.max_new_tokens = 6});
    EXPECT_EQ(answer->starts_with("blue"), with_loss) << *answer;
  }
}

TEST_F(FinetuneRunTest, PreferencesNeedBothAnswers) {
  DpoOptions options;
  options.weights = folder_ + "/base";
  options.data = WriteData("[{\"instruction\": \"A\", \"output\": \"B\", \"chosen\": \"B\"}]");
  EXPECT_THAT(std::string(DpoRun::Start(options, folder_ + "/dpo").status().message()),
              HasSubstr("entry 0 (line 1): has no \"rejected\""));
}

}  // namespace
}  // namespace gokart
