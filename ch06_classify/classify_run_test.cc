// Finetuning from texts to scores, and what it saves, on a tiny model.
#include "ch06_classify/classify_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "ch05_pretrain/run_tokenizer.h"
#include "ch06_classify/testing/tiny_base.h"
#include "tensor/random.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pointwise;

class ClassifyRunTest : public ::testing::Test {
 protected:
  ClassifyRunTest()
      : folder_(::testing::TempDir() + "/classify_run." + std::to_string(getpid())),
        base_(WriteTinyBase(folder_ + "/base")) {
    Write("messages.tsv", TinyMessages(60));
  }
  ~ClassifyRunTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << content;
    return folder_ + "/" + name;
  }

  ClassifyOptions Options() const {
    ClassifyOptions o;
    o.weights = base_;
    o.data = folder_ + "/messages.tsv";
    o.num_epochs = 10;
    o.learning_rate = 5e-3;
    o.warmup_steps = 0;
    return o;
  }

  static std::unique_ptr<ClassifyRun> Trained(const ClassifyOptions& options) {
    absl::StatusOr<std::unique_ptr<ClassifyRun>> run = ClassifyRun::Prepare(options);
    if (!run.ok()) throw std::runtime_error(run.status().ToString());
    EXPECT_TRUE((*run)->Train().ok());
    return *std::move(run);
  }

  static std::string ErrorOf(const ClassifyOptions& options) {
    return std::string(ClassifyRun::Prepare(options).status().message());
  }

  // What the classifier says to all test texts, as probabilities.
  static std::vector<float> Answers(const TextClassifier& classifier, const TextSplit& split) {
    std::vector<std::string> texts;
    for (const LabelledText& t : split.test) texts.push_back(t.text);
    std::vector<float> answers;
    const std::vector<Classification> found = *Classify(classifier, texts);
    for (const Classification& c : found) {
      answers.insert(answers.end(), c.probabilities.begin(), c.probabilities.end());
    }
    return answers;
  }

  const std::string folder_, base_;
};

TEST_F(ClassifyRunTest, LearnsToTellTheClassesApart) {
  const std::unique_ptr<ClassifyRun> run = Trained(Options());
  EXPECT_EQ(run->split().train.size(), 84u);
  EXPECT_EQ(run->total_steps(), 100);
  EXPECT_THAT(run->classifier().classes, ElementsAre("ham", "spam"));
  const ClassifyScores scores = run->Score();
  EXPECT_EQ(scores.test, 1);
  EXPECT_EQ(scores.test_confusion.total(), 24);
  EXPECT_EQ(scores.bag_of_words_test, 1);
  EXPECT_LT(run->LossOf(run->test_loader()), 0.2);
}

// The same seed, the same bits; another one, another split, head and order.
TEST_F(ClassifyRunTest, RepeatsItself) {
  ClassifyOptions options = Options();
  options.drop_rate = 0.2;
  const std::unique_ptr<ClassifyRun> a = Trained(options), b = Trained(options);
  EXPECT_THAT(Answers(a->classifier(), a->split()),
              Pointwise(FloatNear(0), Answers(b->classifier(), b->split())));
  options.seed = 124;
  EXPECT_NE(Trained(options)->split().train[0].row, a->split().train[0].row);
}

// Rows filled up to one length, and no longer than needed, are the same to the last real token.
TEST_F(ClassifyRunTest, PaddingBehindTheTextChangesNothing) {
  ClassifyOptions options = Options();
  options.drop_rate = 0;
  const std::unique_ptr<ClassifyRun> short_rows = Trained(options);
  options.no_padding = false;
  const std::unique_ptr<ClassifyRun> full_rows = Trained(options);
  EXPECT_THAT(Answers(short_rows->classifier(), short_rows->split()),
              Pointwise(FloatNear(1e-3f), Answers(full_rows->classifier(), full_rows->split())));
}

TEST_F(ClassifyRunTest, SavesAClassifierThatReloadsToTheSamePredictions) {
  const std::unique_ptr<ClassifyRun> run = Trained(Options());
  ASSERT_TRUE(run->Save(folder_ + "/out").ok());
  for (const char* path : {"/out", "/out/checkpoint", "/out/checkpoint/checkpoint.safetensors"}) {
    const absl::StatusOr<TextClassifier> loaded = LoadClassifier(folder_ + path);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ(loaded->classes, run->classifier().classes);
    EXPECT_THAT(Answers(*loaded, run->split()),
                Pointwise(FloatNear(0), Answers(run->classifier(), run->split())));
  }
}

TEST_F(ClassifyRunTest, LoraIsSavedMergedAndAsAnAdapter) {
  ClassifyOptions options = Options();
  options.lora_rank = 4;
  options.learning_rate = 1e-2;
  const std::unique_ptr<ClassifyRun> run = Trained(options);
  EXPECT_EQ(run->Score().test, 1);
  const std::vector<float> expected = Answers(run->classifier(), run->split());
  ASSERT_TRUE(run->Save(folder_ + "/out").ok());
  for (const char* path : {"/out", "/out/adapter"}) {
    const absl::StatusOr<TextClassifier> loaded = LoadClassifier(folder_ + path);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_THAT(Answers(*loaded, run->split()), Pointwise(FloatNear(1e-5f), expected));
  }
  WriteTinyBase(folder_ + "/other", 2);
  EXPECT_THAT(
      std::string(LoadClassifier(folder_ + "/out/adapter", folder_ + "/other").status().message()),
      HasSubstr("is an adapter for another base model"));
  std::filesystem::remove_all(base_);
  EXPECT_THAT(std::string(LoadClassifier(folder_ + "/out/adapter").status().message()),
              HasSubstr("its base model"));
  EXPECT_TRUE(LoadClassifier(folder_ + "/out").ok());
}

TEST_F(ClassifyRunTest, QloraTrainsOnFourBitsAndReloads) {
  ClassifyOptions options = Options();
  options.lora_rank = 4;
  options.qlora = true;
  options.learning_rate = 1e-2;
  const std::unique_ptr<ClassifyRun> run = Trained(options);
  EXPECT_EQ(run->Score().test, 1);
  const std::vector<float> expected = Answers(run->classifier(), run->split());
  ASSERT_TRUE(run->Save(folder_ + "/out").ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/out/checkpoint/checkpoint.safetensors"));
  const absl::StatusOr<TextClassifier> loaded = LoadClassifier(folder_ + "/out");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(Answers(*loaded, run->split()), Pointwise(FloatNear(1e-6f), expected));
}

TEST_F(ClassifyRunTest, RandomWeightsOfTheSizesOfAnotherModel) {
  ClassifyOptions options = Options();
  options.weights = "random:" + base_;
  options.n_layers = 1;
  const std::unique_ptr<ClassifyRun> run = *ClassifyRun::Prepare(options);
  const GptConfig& config = run->classifier().model->body->config;
  EXPECT_EQ(config.emb_dim, 16);
  EXPECT_EQ(config.context_length, 24);
  EXPECT_EQ(config.n_layers, 1);
  options.n_layers = 0;
  const std::unique_ptr<ClassifyRun> pretrained = *ClassifyRun::Prepare(Options());
  const std::unique_ptr<ClassifyRun> random = *ClassifyRun::Prepare(options);
  EXPECT_NE(random->classifier().model->body->tok_emb.weight.data()[0],
            pretrained->classifier().model->body->tok_emb.weight.data()[0]);
  EXPECT_EQ(random->classifier().tokenizer->vocab_size(),
            pretrained->classifier().tokenizer->vocab_size());
}

// Sizes by name, others by number, a tokenizer made of the texts: nothing pretrained is needed.
TEST_F(ClassifyRunTest, BeginsFromRandomWeightsOfAnySize) {
  ClassifyOptions options = Options();
  options.weights = "random";
  options.model = "laptop";
  options.tokenizer = "bpe:290";
  options.emb_dim = 16, options.n_heads = 2, options.n_layers = 1;
  options.model_context_length = 30;
  options.qkv_bias = true;
  const std::unique_ptr<ClassifyRun> run = Trained(options);
  const GptConfig& config = run->classifier().model->body->config;
  EXPECT_EQ(config.vocab_size, 290);
  EXPECT_EQ(config.context_length, 30);
  EXPECT_EQ(config.n_layers, 1);
  EXPECT_TRUE(config.qkv_bias);
  EXPECT_GT(run->Score().test, 0.9);
  ASSERT_TRUE(run->Save(folder_ + "/out").ok());
  EXPECT_THAT(Answers(*LoadClassifier(folder_ + "/out"), run->split()),
              Pointwise(FloatNear(0), Answers(run->classifier(), run->split())));
}

// 16 wide, 2 layers: query and value have adapters of 2 * (16 + 16) each, the head of 2 * (16 + 2).
TEST_F(ClassifyRunTest, LoraTrainsWhatItIsTold) {
  ClassifyOptions options = Options();
  options.lora_rank = 2;
  options.lora_targets = "W_query,W_value,out_head";
  const auto trained = [&] {
    return (*ClassifyRun::Prepare(options))->classifier().model->NumTrainableParameters();
  };
  EXPECT_EQ(trained(), 4 * 2 * 32 + 2 * 18 + (2 * 16 + 2));
  options.lora_train_head = false;
  EXPECT_EQ(trained(), 4 * 2 * 32 + 2 * 18);
  options.lora_targets = "W_qery";
  EXPECT_THAT(ErrorOf(options), HasSubstr("'W_qery'; there are trf_blocks.0.att.W_query"));
}

// An adapter of random weights would belong to a model that is nowhere.
TEST_F(ClassifyRunTest, SavesNoAdapterOfRandomWeights) {
  ClassifyOptions options = Options();
  options.weights = "random";
  options.model = "laptop";
  options.tokenizer = "bpe:290";
  options.emb_dim = 16, options.n_heads = 2, options.n_layers = 1;
  options.lora_rank = 2;
  options.num_epochs = 1;
  const std::unique_ptr<ClassifyRun> run = Trained(options);
  ASSERT_TRUE(run->Save(folder_ + "/out").ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/out/adapter"));
  EXPECT_TRUE(LoadClassifier(folder_ + "/out").ok());
  options.qlora = true;
  EXPECT_THAT(ErrorOf(options), HasSubstr("--qlora saves adapters alone"));
}

// With adapters the tokenizer is kept, too: that of the base may be another one.
TEST_F(ClassifyRunTest, AnAdapterBringsItsTokenizer) {
  ClassifyOptions options = Options();
  options.lora_rank = 2;
  options.num_epochs = 1;
  options.tokenizer = folder_ + "/small/tokenizer.json";
  std::filesystem::create_directories(folder_ + "/small");
  ASSERT_TRUE(
      SaveRunTokenizer(**MakeRunTokenizer("bpe:260", "see you at"), folder_ + "/small").ok());
  const std::unique_ptr<ClassifyRun> run = Trained(options);
  const std::vector<float> expected = Answers(run->classifier(), run->split());
  ASSERT_TRUE(run->Save(folder_ + "/out").ok());
  EXPECT_THAT(Answers(*LoadClassifier(folder_ + "/out/adapter"), run->split()),
              Pointwise(FloatNear(1e-5f), expected));
}

// The weights of a .pth file alone don't tell how many heads there are: 4 here, of a width that no
// GPT-2 has. Neither is there a tokenizer that fits beside them.
TEST_F(ClassifyRunTest, BeginsFromWeightsOfEveryFormat) {
  const std::string micro = "tensor/testdata/gpt2_micro/";
  std::string words = "{\"gokart_tokenizer\": \"words\", \"vocabulary\": [";
  for (const char* word :
       {"see", "you", "at", "dinner", "is", "win", "cash", "now", "free", "prize"}) {
    words += "\"" + std::string(word) + "\", ";
  }
  ClassifyOptions options = Options();
  options.tokenizer = Write("words.json", words + "\"<|endoftext|>\", \"<|unk|>\"]}");
  options.num_epochs = 1;
  options.n_heads = 4;
  options.lora_rank = 2;
  std::vector<float> expected;
  const std::string published = folder_ + "/published/";  // as publishers name their files
  std::filesystem::create_directories(published);
  std::filesystem::copy(micro + "config.json", published + "config.json");
  std::filesystem::copy(micro + "hf.safetensors", published + "model.safetensors");
  for (const std::string& file :
       {published, micro + "hf.safetensors", micro + "workshop.pth", micro + "tf/model.ckpt"}) {
    options.weights = file;
    const std::unique_ptr<ClassifyRun> run = Trained(options);
    const std::vector<float> answers = Answers(run->classifier(), run->split());
    if (expected.empty()) expected = answers;
    EXPECT_THAT(answers, Pointwise(FloatNear(1e-4f), expected)) << file;
    ASSERT_TRUE(run->Save(folder_ + "/out").ok());
    for (const char* saved : {"/out", "/out/adapter"}) {
      const absl::StatusOr<TextClassifier> loaded = LoadClassifier(folder_ + saved);
      ASSERT_TRUE(loaded.ok()) << loaded.status();
      EXPECT_THAT(Answers(*loaded, run->split()), Pointwise(FloatNear(1e-4f), answers)) << file;
    }
  }
  options.weights = micro + "tf/model.ckpt";
  options.n_heads = 0;
  EXPECT_THAT(ErrorOf(options), HasSubstr("give --n_heads"));
  options.n_heads = 4, options.tokenizer = "gpt2";
  EXPECT_THAT(ErrorOf(options), HasSubstr("50257"));
}

// Heads and tokenizer that don't fit the other model are no reason to speak of them first.
TEST_F(ClassifyRunTest, AnAdapterForAnotherModelIsCalledThat) {
  ClassifyOptions options = Options();
  options.weights = "tensor/testdata/gpt2_micro/hf.safetensors";
  options.tokenizer = Write("words.json",
                            "{\"gokart_tokenizer\": \"words\", \"vocabulary\": [\"win\", "
                            "\"<|endoftext|>\", \"<|unk|>\"]}");
  options.num_epochs = 1;
  options.lora_rank = 2;
  ASSERT_TRUE(Trained(options)->Save(folder_ + "/out").ok());
  EXPECT_THAT(std::string(LoadClassifier(folder_ + "/out/adapter", base_).status().message()),
              HasSubstr("is an adapter for another base model"));
}

// A message of one word is a piece of those that were trained on.
TEST_F(ClassifyRunTest, LearnsFromPieces) {
  ClassifyOptions options = Options();
  const std::vector<float> whole =
      Answers(Trained(options)->classifier(), Trained(options)->split());
  options.piece_rate = 0.5;
  const std::unique_ptr<ClassifyRun> run = Trained(options);
  EXPECT_EQ(run->Score().test, 1);
  EXPECT_THAT(Answers(run->classifier(), run->split()), Not(Pointwise(FloatNear(1e-4f), whole)));
  EXPECT_EQ((*Classify(run->classifier(), {"cash"}))[0].best, 1);
  options.piece_rate = 2;
  EXPECT_THAT(ErrorOf(options), HasSubstr("--piece_rate=2: must be between 0 and 1"));
}

TEST_F(ClassifyRunTest, StopsWhenAsked) {
  absl::StatusOr<std::unique_ptr<ClassifyRun>> run = ClassifyRun::Prepare(Options());
  ASSERT_TRUE(run.ok());
  int64_t steps = 0, evaluations = 0, epochs = 0;
  ClassifyObserver observer;
  observer.on_step = [&](const StepReport&) { ++steps; };
  observer.on_evaluation = [&](const Evaluation&) { ++evaluations; };
  observer.on_epoch_end = [&](const EpochAccuracy& a) {
    ++epochs;
    EXPECT_EQ(a.examples_seen, 10 * 8);
    EXPECT_GE(a.train, 0.3);
  };
  observer.should_stop = [&] { return steps == 13; };
  ASSERT_TRUE((*run)->Train(observer).ok());
  EXPECT_EQ(steps, 13);
  EXPECT_EQ(evaluations, 1);
  EXPECT_EQ(epochs, 1);
}

TEST_F(ClassifyRunTest, CutsTextsThatAreLongerThanTheContext) {
  std::string tsv = TinyMessages(30);
  tsv += "ham\t";
  for (int i = 0; i < 100; ++i) tsv += "see you at ";
  tsv += "\nspam\tfree\n";
  ClassifyOptions options = Options();
  options.data = Write("long.tsv", tsv);
  options.num_epochs = 1;
  const std::unique_ptr<ClassifyRun> run = Trained(options);
  EXPECT_EQ(run->num_cut(), 1);
  const auto found = Classify(run->classifier(), {std::string(500, 'x'), "hi"});
  EXPECT_TRUE((*found)[0].cut);
  EXPECT_FALSE((*found)[1].cut);
}

TEST_F(ClassifyRunTest, SaysWhatIsWrongInOneLine) {
  ClassifyOptions o = Options();
  o.data = Write("one.tsv", "ham\ta\nham\tb\n");
  EXPECT_THAT(ErrorOf(o), HasSubstr("one.tsv: all texts have the label 'ham'"));
  o.data = Write("few.tsv", TinyMessages(3));
  EXPECT_THAT(ErrorOf(o), HasSubstr("few.tsv: too few texts"));
  o = Options();
  o.context_length = 25;
  EXPECT_THAT(ErrorOf(o), HasSubstr("--context_length=25: must be at most the model's context"));
  o = Options();
  o.weights = folder_ + "/nothing";
  EXPECT_THAT(ErrorOf(o), HasSubstr("nothing"));
  o = Options();
  o.trainable_layers = "some";
  EXPECT_THAT(ErrorOf(o), HasSubstr("--trainable_layers=some: must be all, last_block"));
  o = Options();
  o.qlora = true;
  EXPECT_THAT(ErrorOf(o), HasSubstr("give --lora_rank"));
  o = Options();
  o.model_context_length = 30;
  EXPECT_THAT(ErrorOf(o), HasSubstr("--model_context_length=30: must be 0 but with"));
  o = Options();
  o.model = "laptop";
  EXPECT_THAT(ErrorOf(o), HasSubstr("--model=laptop: must be empty but with --weights=random"));
  o = Options();
  o.data = "";
  o.quoting = "none";
  EXPECT_THAT(ErrorOf(o), HasSubstr("--quoting=none: must be empty but with --data"));
  o = Options();
  o.train_fraction = 0.95;
  EXPECT_THAT(ErrorOf(o), HasSubstr("--val_fraction=0.1"));
  o = Options();
  o.learning_rate = 1e30;
  absl::StatusOr<std::unique_ptr<ClassifyRun>> run = ClassifyRun::Prepare(o);
  ASSERT_TRUE(run.ok());
  EXPECT_THAT(std::string((*run)->Train().message()), HasSubstr("the loss is"));
}

TEST_F(ClassifyRunTest, RefusesCheckpointsThatAreNoClassifiers) {
  EXPECT_THAT(std::string(LoadClassifier(base_).status().message()),
              HasSubstr("is no classifier, but a language model"));
  EXPECT_THAT(std::string(LoadClassifier(folder_ + "/nothing").status().message()),
              HasSubstr("neither checkpoint.safetensors nor adapter_config.json"));
  const std::unique_ptr<ClassifyRun> run = Trained(Options());
  ASSERT_TRUE(run->Save(folder_ + "/out").ok());
  const std::string path = folder_ + "/out/checkpoint/checkpoint.safetensors";
  std::string bytes = *ReadFile(path);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  Write("out/checkpoint/checkpoint.safetensors", bytes);
  EXPECT_THAT(std::string(LoadClassifier(path).status().message()), HasSubstr("damaged"));
}

TEST_F(ClassifyRunTest, ClassifiesNoEmptyText) {
  const std::unique_ptr<ClassifyRun> run = Trained(Options());
  EXPECT_THAT(std::string(Classify(run->classifier(), {"hi", " "}).status().message()),
              HasSubstr("text 2 is empty"));
}

TEST(ClassifyOptions, SurviveTheWayThroughJson) {
  ClassifyOptions options;
  options.data = "x.csv";
  options.lora_rank = 3;
  options.balance = false;
  options.min_learning_rate = -1;
  const nlohmann::json json = ClassifyOptionsToJson(options);
  const absl::StatusOr<ClassifyOptions> back = ClassifyOptionsFromJson(json, "config.json");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(ClassifyOptionsToJson(*back), json);
  EXPECT_THAT(
      std::string(
          ClassifyOptionsFromJson({{"batch_size", "many"}}, "config.json").status().message()),
      HasSubstr("config.json: "));
  EXPECT_FALSE(ClassifyOptionsFromJson({{"batch_size", 0}}, "config.json").ok());
}

}  // namespace
}  // namespace gokart
