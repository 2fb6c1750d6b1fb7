#include "ch05_pretrain/weights/torch_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "tensor/safetensors.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kGolden[] = "tensor/testdata/gpt2_micro/workshop.pth";

// What Python's pickle.dumps(..., protocol=2) writes for the parts of a state dict.
std::string Text(const std::string& text) {
  return "X" + std::string(1, static_cast<char>(text.size())) + std::string(3, '\0') + text;
}
std::string Int(int value) { return "K" + std::string(1, static_cast<char>(value)); }
std::string Ints(const std::vector<int>& values) {
  std::string tuple = "(";
  for (const int value : values) tuple += Int(value);
  return tuple + "t";
}
std::string TensorOf(const std::string& type, const std::string& storage, int offset,
                     const std::vector<int>& shape, const std::vector<int>& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + Text("storage") + "ctorch\n" + type + "\n" +
         Text(storage) + Text("cpu") + Int(6) + "tQ" + Int(offset) + Ints(shape) + Ints(strides) +
         "\x89" + "ccollections\nOrderedDict\n)RtR";
}
std::string Dict(const std::string& pairs) { return "}(" + pairs + "u"; }

class TorchFileTest : public ::testing::Test {
 protected:
  TorchFileTest() : floats_(6), halves_{0x3c00, 0xc000}, upper_{0x3f80, 0xc000} {
    std::iota(floats_.begin(), floats_.end(), 0.0f);
    file_.path = "the/path";
  }

  absl::Status Read(const std::string& pickle) {
    pickle_ = "\x80\x02" + pickle + ".";
    const std::span<const char> text(pickle_.data(), pickle_.size());
    return ReadTorchEntries({{"m/data.pkl", std::as_bytes(text), 0},
                             {"m/data/0", std::as_bytes(std::span(floats_)), 0},
                             {"m/data/1", std::as_bytes(std::span(halves_)), 0},
                             {"m/data/2", std::as_bytes(std::span(upper_)), 0}},
                            /*max_copied_bytes=*/48, file_);
  }

  std::vector<float> floats_;  // 0, 1, ..., 5
  std::vector<uint16_t> halves_, upper_;
  std::string pickle_;
  TensorFile file_;
};

TEST_F(TorchFileTest, ContiguousTensorsLieInTheFile) {
  ASSERT_TRUE(Read(Dict(Text("a") + TensorOf("FloatStorage", "0", 0, {2, 3}, {3, 1}) + Text("b") +
                        TensorOf("FloatStorage", "0", 4, {2, 1}, {1, 7})))
                  .ok());
  EXPECT_EQ(file_.Find("a")->FloatsInPlace(), floats_.data());
  EXPECT_THAT(file_.Find("a")->shape, ElementsAre(2, 3));
  EXPECT_EQ(file_.Find("b")->FloatsInPlace(), floats_.data() + 4)
      << "the stride of one row is idle";
  EXPECT_TRUE(file_.copies.empty());
  EXPECT_EQ(file_.checksums.size(), 2) << "of the pickle, and of the shared storage once";
}

TEST_F(TorchFileTest, StridesAreRespected) {
  ASSERT_TRUE(Read(Dict(Text("t") + TensorOf("FloatStorage", "0", 0, {3, 2}, {1, 3}) +
                        Text("column") + TensorOf("FloatStorage", "0", 1, {2}, {3})))
                  .ok());
  EXPECT_THAT(file_.Find("t")->Floats(), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(file_.Find("column")->Floats(), ElementsAre(1, 4));
}

TEST_F(TorchFileTest, OtherTypesOfNumbers) {
  ASSERT_TRUE(Read(Dict(Text("h") + TensorOf("HalfStorage", "1", 0, {2}, {1}) + Text("b") +
                        TensorOf("BFloat16Storage", "2", 0, {2}, {1}) + Text("one") +
                        TensorOf("FloatStorage", "0", 5, {}, {})))
                  .ok());
  EXPECT_THAT(file_.Find("h")->Floats(), ElementsAre(1, -2));
  EXPECT_THAT(file_.Find("b")->Floats(), ElementsAre(1, -2));
  EXPECT_THAT(file_.Find("one")->Floats(), ElementsAre(5));
}

TEST_F(TorchFileTest, AModelWithItsOptimizer) {
  const std::string tensor = TensorOf("FloatStorage", "0", 0, {6}, {1});
  ASSERT_TRUE(Read(Dict(Text("epoch") + Int(3) + Text("model_state_dict") +
                        Dict(Text("a.weight") + tensor) + Text("optimizer_state_dict") +
                        Dict(Text("state") + Dict(Int(0) + Dict(Text("exp_avg") + tensor)))))
                  .ok());
  EXPECT_EQ(file_.tensors.size(), 2);
  EXPECT_NE(file_.Find("a.weight"), nullptr);
  EXPECT_NE(file_.Find("optimizer_state_dict.state.0.exp_avg"), nullptr);
}

// Any number of tensors may share a storage, but copies of it must stay within bounds.
TEST_F(TorchFileTest, CopiesAreBounded) {
  std::string pairs;
  for (const char* name : {"a", "b", "c"}) {
    pairs += Text(name) + TensorOf("FloatStorage", "0", 0, {3, 2}, {1, 3});
  }
  EXPECT_THAT(std::string(Read(Dict(pairs)).message()), HasSubstr("share their storages"));
}

TEST_F(TorchFileTest, RefusesWhatIsNoStateDict) {
  EXPECT_THAT(std::string(Read(Int(1)).message()),
              HasSubstr("m/data.pkl: offset 2: a dictionary of tensors expected"));
  file_.tensors.clear();
  EXPECT_THAT(std::string(Read("}").message()), HasSubstr("there is no tensor in it"));
}

// From torch.save itself: its crc32s are right, and every tensor is used in place.
TEST(TorchFile, ReadsWhatPyTorchWrote) {
  const absl::StatusOr<TensorFile> file = OpenTorchFile(kGolden);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->tensors.size(), 39);
  EXPECT_EQ(file->checksums.size(), 40);
  EXPECT_TRUE(VerifyChecksums(*file).ok());
  EXPECT_TRUE(file->copies.empty());
  const absl::StatusOr<SafetensorsFile> hf =
      SafetensorsFile::Open("tensor/testdata/gpt2_micro/hf.safetensors");
  ASSERT_TRUE(hf.ok());
  EXPECT_EQ(file->Find("tok_emb.weight")->Floats(), hf->Find("wte.weight")->Floats());
  EXPECT_THAT(file->Find("trf_blocks.0.att.mask")->shape, ElementsAre(32, 32));
  // Its own program says where the storage lies: unzip -lv, and 64-byte alignment.
  EXPECT_EQ(*file->OffsetOf(*file->Find("tok_emb.weight")) % 64, 0);
}

TEST(TorchFile, AFileFromBeforeArchivesSaysHowToConvertIt) {
  const std::string path = ::testing::TempDir() + "/old.pth";
  ASSERT_TRUE(WriteFile(path, std::string("\x80\x02\x8a\x0al\xfc\x9c"
                                          "F\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.",
                                          22))
                  .ok());
  EXPECT_THAT(std::string(OpenTorchFile(path).status().message()),
              HasSubstr("torch.save(torch.load(path), path)"));
}

}  // namespace
}  // namespace gokart
