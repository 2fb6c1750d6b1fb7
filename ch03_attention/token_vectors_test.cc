#include "ch03_attention/token_vectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <string>

#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

std::string FileWith(const std::string& text) {
  const std::string path = ::testing::TempDir() + "/vectors.csv";
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string ErrorOf(const std::string& text) {
  return std::string(ReadTokenVectors(FileWith(text)).status().message());
}

TEST(ReadTokenVectors, ReadsNamesAndNumbers) {
  const auto tokens = ReadTokenVectors(FileWith("Your,0.5,-1\n\"a, b\",2e-3,7"));
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  EXPECT_EQ(tokens->tokens, std::vector<std::string>({"Your", "a, b"}));
  ASSERT_EQ(tokens->vectors.shape(), Shape({2, 2}));
  EXPECT_EQ(tokens->vectors.at({0, 1}), -1);
  EXPECT_EQ(tokens->vectors.at({1, 0}), 2e-3f);
}

TEST(ReadTokenVectors, LetsNoNameControlTheTerminal) {
  const auto tokens = ReadTokenVectors(FileWith("a\x1b[31m\x7f,1\n"));
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  EXPECT_EQ(tokens->tokens[0], "a?[31m?");
}

TEST(ReadTokenVectors, NamesTheLineThatIsWrong) {
  EXPECT_THAT(ErrorOf("a,1,2\nb,3\n"),
              HasSubstr("line 2: a name and 2 numbers expected, found 2 fields"));
  EXPECT_THAT(ErrorOf("a\n"), HasSubstr("line 1: a name and 1 numbers expected, found 1 fields"));
  EXPECT_THAT(ErrorOf("a,1\nb,2\nc,x\n"), HasSubstr("line 3: field 2 is \"x\", not a finite"));
  EXPECT_THAT(ErrorOf("a,nan\n"), HasSubstr("not a finite number"));
  EXPECT_THAT(ErrorOf("a,1e99\n"), HasSubstr("not a finite number"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("no tokens"));
  EXPECT_THAT(ErrorOf("\"a,1\n"), HasSubstr("vectors.csv"));
  EXPECT_EQ(ReadTokenVectors("/no/such/file").status().code(), absl::StatusCode::kNotFound);
}

// Whatever is in the file, the answer is tokens with finite numbers, or an error.
TEST(ReadTokenVectors, SurvivesMutatedFiles) {
  const std::string good = "Your,0.43,0.15\n\"a \"\"b\"\"\",0.55,0.87\r\nstep,0.05,-8e-1\n";
  Generator generator(1);
  int accepted = 0, refused = 0;
  for (int round = 0; round < 500; ++round) {
    std::string text = good.substr(0, generator.RandomInt(1, good.size() + 1));
    for (int64_t n = generator.RandomInt(0, 4); n > 0; --n) {
      text[generator.RandomInt(0, text.size())] = static_cast<char>(generator.RandomInt(0, 256));
    }
    const auto tokens = ReadTokenVectors(FileWith(text));
    if (tokens.ok()) {
      ++accepted;
      ASSERT_EQ(tokens->vectors.dim(0), tokens->tokens.size());
      for (const float value : tokens->vectors.values()) ASSERT_TRUE(std::isfinite(value));
    } else {
      ++refused;
    }
  }
  EXPECT_GT(accepted, 20);
  EXPECT_GT(refused, 20);
}

TEST(DrawTokenVectors, GivesEqualWordsEqualVectors) {
  ManualSeed(1);
  const TokenVectors tokens = DrawTokenVectors({"the", "dog", "the"}, 4);
  ASSERT_EQ(tokens.vectors.shape(), Shape({3, 4}));
  for (int64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(tokens.vectors.at({0, i}), tokens.vectors.at({2, i}));
    EXPECT_NE(tokens.vectors.at({0, i}), tokens.vectors.at({1, i}));
  }
}

}  // namespace
}  // namespace gokart
