#include "ch02_data/special_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The stretches of text in brackets, ids as numbers; an error as its message.
std::string Show(const SpecialTokenSplitter& splitter, std::string_view text,
                 const SpecialTokens& special = {}) {
  std::string shown;
  const absl::Status status = splitter.Split(
      text, special, [&](std::string_view part) { shown += "[" + std::string(part) + "]"; },
      [&](int32_t id) { shown += std::to_string(id); });
  return status.ok() ? shown : std::string(status.message());
}

SpecialTokenSplitter Three() {
  return SpecialTokenSplitter({{"<|end|>", 7}, {"<|end|>x", 8}, {"New", 9, /*special=*/false}});
}

TEST(SpecialTokenSplitter, AllowedTokensBecomeIds) {
  const SpecialTokens allow = {.allowed = {"<|end|>"}};
  EXPECT_EQ(Show(Three(), "a<|end|>b<|end|>", allow), "[a]7[b]7");
  EXPECT_EQ(Show(Three(), "<|end|><|end|>", allow), "77");
  EXPECT_EQ(Show(Three(), "", allow), "");
  EXPECT_EQ(Show(Three(), "<|end", allow), "[<|end]");
}

TEST(SpecialTokenSplitter, OthersAreAnErrorUnlessSpelledOut) {
  EXPECT_THAT(Show(Three(), "abc<|end|>"),
              testing::AllOf(HasSubstr("<|end|>"), HasSubstr("byte 3")));
  EXPECT_EQ(Show(Three(), "a<|end|>b", {.refused = {}}), "[a<|end|>b]");
  EXPECT_EQ(Show(Three(), "a<|end|>b", {.refused = {"<|end|>x"}}), "[a<|end|>b]");
  EXPECT_THAT(Show(Three(), "a<|end|>x", {.refused = {"<|end|>x"}}), HasSubstr("<|end|>x"));
  // The longer one is refused though the shorter one is allowed.
  EXPECT_THAT(Show(Three(), "a<|end|>x", {.allowed = {"<|end|>"}}), HasSubstr("<|end|>x"));
}

TEST(SpecialTokenSplitter, TheLongestOfSeveralIsTaken) {
  EXPECT_EQ(Show(Three(), "<|end|>xy<|end|>y", {.allowed = TokenSet::All()}), "8[y]7[y]");
}

TEST(SpecialTokenSplitter, PlainAdditionsAreAlwaysFound) {
  EXPECT_EQ(Show(Three(), "a New one"), "[a ]9[ one]");
  EXPECT_EQ(Show(Three(), "New<|end|>", {.refused = {}}), "9[<|end|>]");
  EXPECT_EQ(Three().Find("New"), std::nullopt);
  EXPECT_EQ(Three().Find("<|end|>"), 7);
}

TEST(SpecialTokenSplitter, WithoutTokensTextIsText) {
  EXPECT_EQ(Show(SpecialTokenSplitter(), "<|end|>"), "[<|end|>]");
}

TEST(TokenSet, AllOrListed) {
  EXPECT_TRUE(TokenSet::All().Contains("x"));
  EXPECT_FALSE(TokenSet({}).Contains("x"));
  EXPECT_TRUE(TokenSet({"x", "y"}).Contains("y"));
}

}  // namespace
}  // namespace gokart
