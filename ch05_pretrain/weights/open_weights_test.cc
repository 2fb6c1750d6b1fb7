#include "ch05_pretrain/weights/open_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "ch05_pretrain/weights/weight_info.h"
#include "tensor/safetensors.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kGolden = "tensor/testdata/gpt2_micro/";

std::string TempFolder(const std::string& name) {
  const std::string folder = ::testing::TempDir() + "/open_weights/" + name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

void Copy(const std::string& from, const std::string& to) {
  std::filesystem::copy_file(kGolden + from, to);
}

std::string FormatOf(const std::string& path) {
  const absl::StatusOr<WeightFile> file = OpenWeights(path);
  return file.ok() ? file->format : std::string(file.status().message());
}

// Names don't matter.
TEST(OpenWeightsTest, TellsFormatsByTheirContent) {
  const std::string folder = TempFolder("content");
  Copy("hf.safetensors", folder + "/a");
  Copy("workshop.pth", folder + "/b");
  EXPECT_EQ(FormatOf(folder + "/a"), "safetensors");
  EXPECT_EQ(FormatOf(folder + "/b"), "PyTorch");
  EXPECT_EQ(FormatOf(kGolden + "tf/model.ckpt"), "TensorFlow checkpoint");
  EXPECT_EQ(FormatOf(kGolden + "tf/model.ckpt.index"), "TensorFlow checkpoint");
  Copy("tf/model.ckpt.index", folder + "/c");
  EXPECT_THAT(FormatOf(folder + "/c"), HasSubstr("its name does not end in .index"));
  for (const char* text : {"", "hello", "PK", "{}", "[1]"}) {
    ASSERT_TRUE(WriteFile(folder + "/d", text).ok());
    EXPECT_THAT(FormatOf(folder + "/d"), HasSubstr(folder + "/d: ")) << text;
  }
  EXPECT_THAT(FormatOf(folder + "/nothing"), HasSubstr("nothing"));
}

TEST(OpenWeightsTest, FindsTheWeightsInAFolder) {
  // OpenAI's: `checkpoint` names what is there, by the path that it once had.
  const std::string openai = TempFolder("openai");
  Copy("tf/model.ckpt.index", openai + "/m.ckpt.index");
  Copy("tf/model.ckpt.data-00000-of-00001", openai + "/m.ckpt.data-00000-of-00001");
  ASSERT_TRUE(
      WriteFile(openai + "/checkpoint", "model_checkpoint_path: \"/their/disk/m.ckpt\"\n").ok());
  ASSERT_TRUE(WriteFile(openai + "/hparams.json",
                        "{\"n_vocab\":97,\"n_ctx\":32,\"n_embd\":48,\"n_head\":4,\"n_layer\":2}")
                  .ok());
  const absl::StatusOr<WeightFile> file = OpenWeights(openai);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->path, openai + "/m.ckpt.index");
  ASSERT_TRUE(file->config.has_value());
  EXPECT_EQ(file->config->n_heads, 4);
  EXPECT_EQ(file->config_source, openai + "/hparams.json");

  // Hugging Face's: model.safetensors, whatever else lies there.
  const std::string hf = TempFolder("hf");
  Copy("hf.safetensors", hf + "/model.safetensors");
  Copy("expected.safetensors", hf + "/other.safetensors");
  EXPECT_EQ(OpenWeights(hf)->path, hf + "/model.safetensors");

  // A file on its own; several are too many.
  const std::string alone = TempFolder("alone");
  EXPECT_THAT(FormatOf(alone), HasSubstr("there are no weights in this folder"));
  Copy("workshop.pth", alone + "/mine.pth");
  EXPECT_EQ(FormatOf(alone), "PyTorch");
  Copy("hf.safetensors", alone + "/mine.safetensors");
  EXPECT_THAT(FormatOf(alone), HasSubstr("which of these? "));
}

TEST(OpenWeightsTest, ABrokenConfigurationIsNoneOfItsOwn) {
  const std::string folder = TempFolder("config");
  Copy("hf.safetensors", folder + "/model.safetensors");
  ASSERT_TRUE(WriteFile(folder + "/config.json", "{\"n_head\": 4}").ok());
  EXPECT_THAT(FormatOf(folder), HasSubstr("config.json: vocab_size is missing"));
  ASSERT_TRUE(WriteFile(folder + "/config.json", "{").ok());
  EXPECT_THAT(FormatOf(folder), HasSubstr("config.json"));
}

TEST(WeightInfoTest, ShowsWhatAFileHolds) {
  const std::string page = DescribeWeights(*OpenWeights(kGolden + "hf.safetensors"));
  EXPECT_THAT(page, HasSubstr("Format         safetensors, 253.6 kB\n"));
  EXPECT_THAT(page, HasSubstr("Names          Hugging Face's\n"));
  EXPECT_THAT(page, HasSubstr("vocab_size 97"));
  EXPECT_THAT(page, HasSubstr("tie_weights true"));
  // 97 * 48 + 32 * 48 + 2 * (12 * 48^2 + 13 * 48) + 2 * 48 values.
  EXPECT_THAT(page, HasSubstr("Parameters     62,832\n"));
  EXPECT_THAT(page, HasSubstr("Numbers        62,832 in 28 tensors: 62,832 F32\n"));
  EXPECT_THAT(page, HasSubstr("\nwte.weight "));
  EXPECT_THAT(page, HasSubstr("[97, 48]"));
}

TEST(WeightInfoTest, SumsOfTensors) {
  const std::string path = TempFolder("sums") + "/m.safetensors";
  const std::vector<float> reals = {1.5f, -2.25f, 4};
  const std::vector<int64_t> whole = {7, -3};
  ASSERT_TRUE(
      WriteSafetensors(path, {MakeStoredTensor("a", {3}, reals), MakeStoredTensor("b", {2}, whole),
                              MakeStoredTensor("c", {0}, std::span(reals).first(0))})
          .ok());
  const WeightFile file = *OpenWeights(path);
  const std::string page = DescribeWeights(file, {.sums = true});
  EXPECT_THAT(page, ContainsRegex("\na +F32 +\\[3\\] +[0-9]+ +3.25 +-2.25 +4\n"));
  EXPECT_THAT(page, ContainsRegex("\nb +I64 +\\[2\\] +[0-9]+ +4 +-3 +7\n"));
  EXPECT_THAT(page, ContainsRegex("\nc +F32 +\\[0\\] +[0-9]+ +0 +- +-\n"));
  EXPECT_THAT(DescribeWeights(file), Not(HasSubstr("smallest")));
}

TEST(WeightInfoTest, AsksForTheHeads) {
  const std::string path = TempFolder("heads") + "/m.pth";
  Copy("workshop.pth", path);
  const WeightFile file = *OpenWeights(path);
  EXPECT_THAT(DescribeWeights(file), HasSubstr("give --n_heads"));
  EXPECT_THAT(DescribeWeights(file, {.n_heads = 4}), HasSubstr("n_heads 4"));
}

}  // namespace
}  // namespace gokart
