#include "ch05_pretrain/convert_command.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "ch05_pretrain/weights/load_model.h"
#include "ch05_pretrain/weights/open_weights.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/autograd.h"
#include "tensor/safetensors.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kMicro[] = "tensor/testdata/gpt2_micro";

std::string Folder() {
  const std::string folder =
      testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name();
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

void ExpectConverted(const ConvertOptions& options) {
  const absl::StatusOr<std::string> done = Convert(options);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_THAT(*done, HasSubstr(options.out));
}

// The largest distance between the logits of the model in a file and PyTorch's.
float DistanceToPyTorch(const std::string& path) {
  const auto expected = SafetensorsFile::Open(std::string(kMicro) + "/expected.safetensors");
  const StoredTensor* ids = expected->Find("input_ids");
  const std::vector<int64_t> numbers = ids->Int64s();
  TokenIds batch = TokenIds::from_shape(
      {static_cast<size_t>(ids->shape[0]), static_cast<size_t>(ids->shape[1])});
  std::copy(numbers.begin(), numbers.end(), batch.begin());
  absl::StatusOr<WeightFile> file = OpenWeights(path);
  EXPECT_TRUE(file.ok()) << file.status();
  if (!file.ok()) return INFINITY;
  const absl::StatusOr<LoadedModel> loaded = LoadModel(*std::move(file));
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  if (!loaded.ok()) return INFINITY;
  const NoGrad no_grad;
  const Tensor logits = loaded->model->Forward(batch);
  const std::vector<float> reference = expected->Find("logits")->Floats();
  float distance = 0;
  for (int64_t i = 0; i < logits.size(); ++i) {
    distance = std::max(distance, std::abs(logits.values()[i] - reference[i]));
  }
  return distance;
}

// From each layout of PyTorch's golden model to each format, and from those on to the next.
TEST(ConvertCommandTest, EveryFormatGivesPyTorchsLogits) {
  const std::string folder = Folder();
  std::string from = std::string(kMicro) + "/hf.safetensors";
  for (const char* out : {"m.gguf", "hf", "torch/m.pth", "one/m.safetensors", "n.gguf"}) {
    const std::string to = folder + "/" + out;
    fs::create_directories(fs::path(to).parent_path());
    ExpectConverted({.in = from, .out = to, .tokenizer = "none"});
    EXPECT_LT(DistanceToPyTorch(to), 1e-5f) << to;
    from = to;
  }
}

TEST(ConvertCommandTest, FewerBitsGiveNearlyTheSameLogits) {
  const std::string folder = Folder();
  const std::string in = std::string(kMicro) + "/hf.safetensors";
  ExpectConverted({.in = in, .out = folder + "/h.gguf", .dtype = "float16", .tokenizer = "none"});
  ExpectConverted({.in = in, .out = folder + "/b", .dtype = "bfloat16", .tokenizer = "none"});
  const float half = DistanceToPyTorch(folder + "/h.gguf");
  const float brain = DistanceToPyTorch(folder + "/b");
  // 11 and 8 significant bits: a rounding is worth 2^-11 and 2^-8 of logits of about 3.
  EXPECT_GT(half, 1e-5f);
  EXPECT_LT(half, 0.01f);
  EXPECT_GT(brain, half);
  EXPECT_LT(brain, 0.08f);
}

TEST(ConvertCommandTest, SaysWhatIsWrong) {
  const std::string folder = Folder();
  const auto error = [&](const ConvertOptions& options) {
    return std::string(Convert(options).status().message());
  };
  const std::string in = std::string(kMicro) + "/hf.safetensors";
  EXPECT_THAT(error({.in = in, .out = "m.onnx"}), HasSubstr("m.onnx: which format?"));
  EXPECT_THAT(error({.in = in, .out = "m.gguf", .format = "onnx"}), HasSubstr("no format"));
  EXPECT_THAT(error({.in = in, .out = "m.gguf", .dtype = "q5"}), HasSubstr("no type of numbers"));
  EXPECT_THAT(error({.in = folder, .out = folder + "/m.gguf"}), HasSubstr("no weights"));
  EXPECT_THAT(error({.in = in, .out = folder + "/no/m.gguf", .tokenizer = "none"}),
              HasSubstr("no/m.gguf"));
  EXPECT_TRUE(fs::is_empty(folder));
}

}  // namespace
}  // namespace gokart
