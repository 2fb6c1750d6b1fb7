// Which tokenizer goes with which weights: what lies beside them, or within them.
#include "ch05_pretrain/weights/weights_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/bpe_trainer.h"
#include "ch02_data/gpt2_format.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/gguf/gguf_gpt.h"
#include "ch05_pretrain/weights/gguf/gguf_vocabulary.h"
#include "ch05_pretrain/weights/gguf/open_gguf.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The bytes, and one pair of letters: its text becomes a single token of id 256.
BpeVocabulary VocabularyWith(const std::string& pair) {
  BpeTrainer trainer;
  trainer.AddText(pair + pair + pair);
  return trainer.Train({.vocab_size = 258}).value();
}

class WeightsTokenizerTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = testing::TempDir() + "/weights_tokenizer/" + info->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }

  // Weights that lie in the folder, as OpenWeights would describe them.
  WeightFile WeightsIn(const std::string& name) const {
    WeightFile file;
    file.path = folder_ + "/" + name;
    file.format = "safetensors";
    return file;
  }

  void SaveJson(const std::string& pair) const {
    const absl::Status status =
        BpeTokenizer("t", VocabularyWith(pair)).Save(folder_ + "/tokenizer.json");
    ASSERT_TRUE(status.ok()) << status;
  }

  // A GGUF file of a model for 300 tokens, with a tokenizer if there is a pair.
  WeightFile WriteGguf(const std::string& pair) const {
    const GptConfig config = {
        .vocab_size = 300, .context_length = 4, .emb_dim = 2, .n_heads = 1, .n_layers = 1};
    GgufMetadata metadata = GptToGguf(config, "m", DType::kF32);
    if (!pair.empty()) {
      EXPECT_TRUE(VocabularyToGguf(VocabularyWith(pair), 300, metadata).ok());
    }
    const std::vector<float> table(600);
    const std::string path = folder_ + "/m.gguf";
    const absl::Status written = gokart::WriteGguf(
        path, metadata, {{"token_embd.weight", GgmlType::kF32, {300, 2}}},
        [&](const GgufTensor&) { return std::as_bytes(std::span<const float>(table)); });
    EXPECT_TRUE(written.ok()) << written;
    absl::StatusOr<WeightFile> file = OpenGguf(path);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }

  std::string folder_;
};

// The ids of "abcd" tell which of the pairs "ab" and "cd" the tokenizer knows.
std::vector<int32_t> IdsOf(const absl::StatusOr<std::unique_ptr<Tokenizer>>& tokenizer) {
  if (!tokenizer.ok()) throw std::runtime_error(tokenizer.status().ToString());
  return (*tokenizer)->Encode("abcd").value();
}

// Bytes have GPT-2's ids: "a" is 64.
TEST_F(WeightsTokenizerTest, LiesBesideTheWeights) {
  SaveJson("ab");
  const WeightFile file = WeightsIn("model.safetensors");
  EXPECT_EQ(TokenizerSpecOf(file), folder_ + "/tokenizer.json");
  EXPECT_THAT(IdsOf(LoadTokenizerOf(file, "", 300)), ElementsAre(256, 66, 67));
}

TEST_F(WeightsTokenizerTest, InThePublishersFiles) {
  const WeightFile file = WeightsIn("model.safetensors");
  ASSERT_TRUE(
      SaveGpt2(VocabularyWith("cd"), folder_ + "/encoder.json", folder_ + "/vocab.bpe").ok());
  EXPECT_EQ(TokenizerSpecOf(file), folder_ + "/encoder.json");
  EXPECT_THAT(IdsOf(LoadTokenizerOf(file, "", 300)), ElementsAre(64, 65, 256));
  ASSERT_TRUE(
      SaveGpt2(VocabularyWith("ab"), folder_ + "/vocab.json", folder_ + "/merges.txt").ok());
  EXPECT_THAT(IdsOf(LoadTokenizerOf(file, "", 300)), ElementsAre(256, 66, 67));
  SaveJson("cd");
  EXPECT_THAT(IdsOf(LoadTokenizerOf(file, "", 300)), ElementsAre(64, 65, 256));
}

TEST_F(WeightsTokenizerTest, IsGpt2sWhereThereIsNone) {
  EXPECT_EQ(TokenizerSpecOf(WeightsIn("model.safetensors")), "gpt2");
}

TEST_F(WeightsTokenizerTest, TheCallersComesFirst) {
  SaveJson("ab");
  const std::string other = folder_ + "/other.json";
  ASSERT_TRUE(BpeTokenizer("t", VocabularyWith("cd")).Save(other).ok());
  EXPECT_THAT(IdsOf(LoadTokenizerOf(WeightsIn("model.safetensors"), other, 300)),
              ElementsAre(64, 65, 256));
}

TEST_F(WeightsTokenizerTest, WithinAGgufFileComesBeforeWhatLiesBeside) {
  SaveJson("ab");
  const WeightFile file = WriteGguf("cd");
  EXPECT_EQ(TokenizerSpecOf(file), file.path);
  EXPECT_THAT(IdsOf(LoadTokenizerOf(file, "", 300)), ElementsAre(64, 65, 256));
  // Also for weights of another file, and without any, to train with.
  EXPECT_THAT(IdsOf(LoadTokenizerOf(WeightsIn("model.safetensors"), file.path, 300)),
              ElementsAre(64, 65, 256));
  EXPECT_THAT(IdsOf(LoadTokenizerOrGguf(file.path)), ElementsAre(64, 65, 256));
}

TEST_F(WeightsTokenizerTest, AGgufFileWithoutOneTakesWhatLiesBeside) {
  SaveJson("ab");
  const WeightFile file = WriteGguf("");
  EXPECT_THAT(IdsOf(LoadTokenizerOf(file, "", 300)), ElementsAre(256, 66, 67));
  EXPECT_THAT(std::string(LoadTokenizerOrGguf(file.path).status().message()),
              HasSubstr("m.gguf: tokenizer.ggml.model is none, expected gpt2"));
}

TEST_F(WeightsTokenizerTest, MoreTokensThanTheModelKnowsAreRefused) {
  SaveJson("ab");
  const WeightFile file = WeightsIn("model.safetensors");
  EXPECT_TRUE(LoadTokenizerOf(file, "", 258).ok());
  EXPECT_EQ(LoadTokenizerOf(file, "", 257).status().message(),
            folder_ + "/tokenizer.json has 258 tokens, but the model in " + file.path +
                " only knows 257");
}

}  // namespace
}  // namespace gokart
