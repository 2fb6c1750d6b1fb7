#include "ch05_pretrain/pretrain_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "ch02_data/tokenize_files.h"
#include "ch05_pretrain/trained_model.h"
#include "tensor/kernels/parallel.h"
#include "workshop/file.h"
#include "workshop/stories/stories.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Stories enough for some seconds on a model of some thousand parameters.
PretrainOptions SmallOptions() {
  PretrainOptions o;
  o.tokenizer = "bpe:300";
  o.story_characters = 20000;
  o.model.context_length = 16;
  o.model.emb_dim = 16;
  o.model.n_heads = 2;
  o.model.n_layers = 1;
  o.model.drop_rate = 0.1;
  o.batch_size = 8;
  o.num_epochs = 2;
  o.learning_rate = 1e-2;
  o.warmup_steps = 5;
  o.min_learning_rate = 1e-3;
  o.max_grad_norm = 1;
  o.eval_freq = 10;
  o.eval_iter = 2;
  o.start_context = "Once";
  return o;
}

class PretrainRunTest : public ::testing::Test {
 protected:
  PretrainRunTest() : folder_(::testing::TempDir() + "/pretrain_run." + std::to_string(getpid())) {
    // A child that is forked from a process with OpenMP threads has none of them, and would wait
    // for them.
    kernels::SetNumThreads(1);
  }
  ~PretrainRunTest() override { fs::remove_all(folder_); }

  std::unique_ptr<PretrainRun> Start(const std::string& name,
                                     const PretrainOptions& options = SmallOptions()) {
    auto run = PretrainRun::Start(options, folder_ + "/" + name);
    EXPECT_TRUE(run.ok()) << run.status().message();
    return run.ok() ? *std::move(run) : nullptr;
  }
  static std::vector<float> Values(PretrainRun& run) {
    std::vector<float> all;
    for (const Tensor& p : run.model().Parameters()) {
      all.insert(all.end(), p.values().begin(), p.values().end());
    }
    return all;
  }
  // Rows of metrics.csv without their last column, the speed.
  static std::vector<std::string> Metrics(const std::string& folder) {
    std::vector<std::string> rows;
    const std::string text = *ReadFile(folder + "/metrics.csv");
    for (size_t begin = 0, end; (end = text.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      const std::string row = text.substr(begin, end - begin);
      rows.push_back(row.substr(0, row.rfind(',')));
    }
    return rows;
  }
  const std::string folder_;
};

TEST_F(PretrainRunTest, LeavesEverythingInItsFolder) {
  auto run = Start("a");
  ASSERT_NE(run, nullptr);
  ASSERT_TRUE(run->Train({}).ok());
  EXPECT_TRUE(run->finished());
  for (const char* name : {"config.json", "metrics.csv", "loss.svg", "loss.png", "sample.txt",
                           "checkpoint/checkpoint.safetensors", "checkpoint/tokenizer.json"}) {
    EXPECT_TRUE(fs::exists(folder_ + "/a/" + name)) << name;
  }
  EXPECT_EQ(Metrics(folder_ + "/a")[0], "step,epoch,tokens_seen,train_loss,val_loss,learning_rate");
  EXPECT_LT(run->history().back().val_loss, run->history().front().val_loss - 1);
  const std::string samples = *ReadFile(folder_ + "/a/sample.txt");
  EXPECT_THAT(samples, HasSubstr("Epoch 1: Once"));
  EXPECT_THAT(samples, HasSubstr("Epoch 2: Once"));
}

TEST_F(PretrainRunTest, TheTrainedModelIsReadBack) {
  auto run = Start("a");
  ASSERT_TRUE(run->Train({}).ok());
  const auto loaded = LoadTrainedModel(folder_ + "/a");
  ASSERT_TRUE(loaded.ok()) << loaded.status().message();
  GptConfig without_dropout = run->model().config;
  ASSERT_GT(without_dropout.drop_rate, 0);
  without_dropout.drop_rate = 0;
  EXPECT_EQ(loaded->model->config, without_dropout);
  const auto trainable = LoadTrainedModel(folder_ + "/a", {.trainable = true});
  ASSERT_TRUE(trainable.ok()) << trainable.status().message();
  EXPECT_EQ(trainable->model->config, run->model().config);
  EXPECT_EQ(loaded->tokenizer->Encode("Once upon a time").value(),
            run->tokenizer().Encode("Once upon a time").value());
}

// A second run that begins where the first one ended has its losses, not those of random numbers.
TEST_F(PretrainRunTest, TrainingBeginsFromWeights) {
  auto first = Start("a");
  ASSERT_TRUE(first->Train({}).ok());
  PretrainOptions options = SmallOptions();
  options.weights = folder_ + "/a";
  options.tokenizer = folder_ + "/a/checkpoint/tokenizer.json";
  options.model = first->model().config;
  auto second = PretrainRun::Start(options, folder_ + "/b");
  ASSERT_TRUE(second.ok()) << second.status();
  for (size_t i = 0; i < first->model().Parameters().size(); ++i) {
    const Tensor ours = (*second)->model().Parameters()[i];
    const Tensor theirs = first->model().Parameters()[i];
    ASSERT_TRUE(std::equal(ours.values().begin(), ours.values().end(), theirs.values().begin()));
    EXPECT_TRUE(ours.requires_grad());
  }
  options.model.emb_dim *= 2;
  EXPECT_THAT(std::string(PretrainRun::Start(options, folder_ + "/c").status().message()),
              HasSubstr("does not fit this model: "));
}

// A child process is killed without warning; what it saved goes on to the very weights of an
// undisturbed run.
TEST_F(PretrainRunTest, KilledAtAnyMomentItGoesOnBitForBit) {
  auto whole = Start("whole");
  ASSERT_TRUE(whole->Train({}).ok());
  for (int64_t kill_after : {3, 20, 41}) {
    const std::string name = "killed" + std::to_string(kill_after);
    const pid_t child = fork();
    if (child == 0) {
      auto run = PretrainRun::Start(SmallOptions(), folder_ + "/" + name);
      PretrainObserver observer;
      observer.checkpoint_seconds = 0;  // after every step
      observer.on_step = [&](const StepReport& s) {
        if (s.step == kill_after) raise(SIGKILL);
      };
      (*run)->Train(observer).IgnoreError();
      _exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    auto resumed = PretrainRun::Resume(folder_ + "/" + name, std::nullopt);
    ASSERT_TRUE(resumed.ok()) << resumed.status().message();
    EXPECT_EQ((*resumed)->state().step, kill_after);
    ASSERT_TRUE((*resumed)->Train({}).ok());
    EXPECT_EQ(Values(**resumed), Values(*whole)) << "killed after " << kill_after;
    EXPECT_EQ(Metrics(folder_ + "/" + name), Metrics(folder_ + "/whole"));
    EXPECT_EQ(*ReadFile(folder_ + "/" + name + "/sample.txt"),
              *ReadFile(folder_ + "/whole/sample.txt"));
  }
}

TEST_F(PretrainRunTest, StopsWhenAskedAndSaves) {
  auto run = Start("a");
  PretrainObserver observer;
  observer.should_stop = [&] { return run->state().step == 5; };
  ASSERT_TRUE(run->Train(observer).ok());
  EXPECT_FALSE(run->finished());
  run = nullptr;  // gives the folder's lock back
  const auto resumed = PretrainRun::Resume(folder_ + "/a", std::nullopt);
  ASSERT_TRUE(resumed.ok());
  EXPECT_EQ((*resumed)->state().step, 5);
}

TEST_F(PretrainRunTest, InitialLossesDoNotDisturbTheRun) {
  auto a = Start("a"), b = Start("b");
  a->MeasureInitialLosses();
  // Each object trains from the generator as its own Start left it.
  PretrainObserver few;
  few.should_stop = [&] { return a->state().step == 3 || b->state().step == 3; };
  ASSERT_TRUE(b->Train(few).ok());
  auto c = Start("c");
  const InitialLosses losses = c->MeasureInitialLosses();
  EXPECT_NEAR(losses.train, 5.9, 0.5);  // a little above ln 300
  few.should_stop = [&] { return c->state().step == 3; };
  ASSERT_TRUE(c->Train(few).ok());
  EXPECT_EQ(Values(*b), Values(*c));
}

TEST_F(PretrainRunTest, RefusesWhatCannotBeTrained) {
  const auto error = [&](PretrainOptions o) {
    const auto run = PretrainRun::Start(o, folder_ + "/x");
    EXPECT_FALSE(run.ok());
    EXPECT_FALSE(fs::exists(folder_ + "/x")) << "nothing must be left behind";
    return std::string(run.status().message());
  };
  PretrainOptions o = SmallOptions();
  o.model.n_heads = 3;
  EXPECT_THAT(error(o), HasSubstr("n_heads"));
  o = SmallOptions();
  o.batch_size = 0;
  EXPECT_THAT(error(o), HasSubstr("batch_size is 0"));
  o = SmallOptions();
  o.learning_rate = -1;
  EXPECT_THAT(error(o), HasSubstr("learning_rate is -1"));
  o = SmallOptions();
  o.model.context_length = 100000;
  EXPECT_THAT(error(o), HasSubstr("training text has"));
  o = SmallOptions();
  o.tokenizer = "bpe:many";
  EXPECT_THAT(error(o), HasSubstr("bpe:many"));
  o = SmallOptions();
  o.text = folder_ + "/nowhere";
  EXPECT_THAT(error(o), HasSubstr("nowhere"));
}

TEST_F(PretrainRunTest, TrainsOnATokenFile) {
  // A tokenizer from another run, and a text that it made into a token file.
  auto first = Start("first");
  const std::string tokenizer = folder_ + "/first/checkpoint/tokenizer.json";
  const std::string text = StoryStream(/*seed=*/7, 20000);
  const std::string corpus = folder_ + "/stories.tokens";
  ASSERT_TRUE(WriteFile(folder_ + "/stories.txt", text).ok());
  ASSERT_TRUE(TokenizeFiles(first->tokenizer(), {folder_ + "/stories.txt"}, corpus).ok());

  PretrainOptions o = SmallOptions();
  o.text = corpus;
  EXPECT_THAT(std::string(PretrainRun::Start(o, folder_ + "/x").status().message()),
              HasSubstr("no tokenizer can be trained"));
  o.tokenizer = tokenizer;
  auto run = Start("second", o);
  ASSERT_NE(run, nullptr);
  const SpecialTokens special = {.allowed = {std::string(Tokenizer::kEndOfText)}, .refused = {}};
  std::vector<int32_t> expected = *first->tokenizer().Encode(text, special);
  expected.push_back(*first->tokenizer().EndOfText());
  const TokenStream &train = *run->tokens().train, &val = *run->tokens().val;
  EXPECT_EQ(train.size(), static_cast<int64_t>(0.9 * static_cast<double>(expected.size())));
  ASSERT_EQ(train.size() + val.size(), static_cast<int64_t>(expected.size()));
  std::vector<int32_t> found(expected.size());
  train.Read(0, std::span(found).first(static_cast<size_t>(train.size())));
  val.Read(0, std::span(found).subspan(static_cast<size_t>(train.size())));
  EXPECT_EQ(found, expected);
  ASSERT_TRUE(run->Train({}).ok());
  EXPECT_LT(run->history().back().val_loss, run->history().front().val_loss - 1);

  o.tokenizer = "gpt2";
  EXPECT_THAT(std::string(PretrainRun::Start(o, folder_ + "/x").status().message()),
              HasSubstr("a vocabulary of 300 tokens"));
}

TEST_F(PretrainRunTest, RefusesToResumeWhatIsNotThere) {
  EXPECT_FALSE(PretrainRun::Resume(folder_ + "/nowhere", std::nullopt).ok());
  auto run = Start("a");
  PretrainObserver observer;
  observer.should_stop = [] { return true; };
  ASSERT_TRUE(run->Train(observer).ok());
  const std::string checkpoint = run->checkpoint_path();
  run = nullptr;
  ASSERT_TRUE(WriteFile(checkpoint, ReadFile(checkpoint)->substr(0, 1000)).ok());
  const auto resumed = PretrainRun::Resume(folder_ + "/a", std::nullopt);
  EXPECT_THAT(std::string(resumed.status().message()), HasSubstr("checkpoint.safetensors"));
}

TEST_F(PretrainRunTest, NoticesAChangedText) {
  fs::create_directories(folder_);
  const std::string text = folder_ + "/text.txt";
  std::string words;
  for (int i = 0; i < 3000; ++i) words += "word" + std::to_string(i % 37) + " ";
  ASSERT_TRUE(WriteFile(text, words).ok());
  PretrainOptions o = SmallOptions();
  o.text = text;
  auto run = Start("a", o);
  ASSERT_NE(run, nullptr);
  run = nullptr;
  ASSERT_TRUE(WriteFile(text, "other " + words).ok());
  EXPECT_THAT(std::string(PretrainRun::Resume(folder_ + "/a", std::nullopt).status().message()),
              HasSubstr("is not the one that this run started with"));
}

}  // namespace
}  // namespace gokart
