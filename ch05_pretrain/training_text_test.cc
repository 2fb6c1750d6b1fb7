#include "ch05_pretrain/training_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

class TrainingTextTest : public ::testing::Test {
 protected:
  TrainingTextTest()
      : folder_(::testing::TempDir() + "/training_text." + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~TrainingTextTest() override { std::filesystem::remove_all(folder_); }
  std::string Put(const std::string& name, const std::string& content) {
    EXPECT_TRUE(WriteFile(folder_ + "/" + name, content).ok());
    return folder_ + "/" + name;
  }
  std::string Error(const std::string& path, int64_t limit = 1 << 20) {
    const absl::StatusOr<std::string> text = ReadTrainingText(path, limit);
    EXPECT_FALSE(text.ok());
    return std::string(text.status().message());
  }
  const std::string folder_;
};

TEST_F(TrainingTextTest, JoinsFilesInOrderOfTheirNames) {
  Put("b.txt", "two");
  Put("a.txt", "one");
  EXPECT_EQ(*ReadTrainingText(folder_), "one<|endoftext|>two");
  EXPECT_EQ(*ReadTrainingText(folder_ + "/b*.txt"), "two");
}

TEST_F(TrainingTextTest, RefusesWhatIsNoText) {
  EXPECT_THAT(Error(Put("empty", "")), HasSubstr("is empty"));
  EXPECT_THAT(Error(Put("binary", std::string("ab\0c", 4))), HasSubstr("a NUL byte at offset 2"));
  EXPECT_THAT(Error(Put("latin1", "caf\xe9 au lait")), HasSubstr("not UTF-8 at offset 3"));
  EXPECT_THAT(Error(folder_ + "/nowhere.txt"), HasSubstr("nowhere.txt"));
  EXPECT_THAT(Error(Put("large", std::string(100, 'x')), 99), HasSubstr("larger than"));
}

TEST(SplitText, CountsCharactersNotBytes) {
  const TextSplit split = SplitText(
      "ab\xc3\xa9\xed\x95\x9c"
      "defghi",
      0.4);  // a b é 한 | d e f g h i
  EXPECT_EQ(split.train, "ab\xc3\xa9\xed\x95\x9c");
  EXPECT_EQ(split.val, "defghi");
  // The Verdict has 20,479 characters, of which the workshop trains on 18,431.
  EXPECT_EQ(SplitText(std::string(20479, 'x'), 0.9).train.size(), 18431u);
}

}  // namespace
}  // namespace gokart
