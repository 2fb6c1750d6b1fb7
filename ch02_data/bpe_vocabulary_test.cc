#include "ch02_data/bpe_vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace gokart {
namespace {

using ::testing::HasSubstr;
using Tokens = std::vector<std::string>;

// The 256 bytes in the order of their values, then `more`.
Tokens BytesAnd(const Tokens& more) {
  Tokens tokens;
  for (int byte = 0; byte < 256; ++byte) tokens.push_back(std::string(1, static_cast<char>(byte)));
  tokens.insert(tokens.end(), more.begin(), more.end());
  return tokens;
}

std::string ErrorOf(const absl::StatusOr<BpeVocabulary>& vocabulary) {
  return std::string(vocabulary.status().message());
}

TEST(BpeVocabulary, BytesAloneInGpt2sOrder) {
  const BpeVocabulary vocabulary;
  EXPECT_EQ(vocabulary.size(), 256);
  EXPECT_EQ(vocabulary.token(0), "!");
  EXPECT_EQ(vocabulary.byte_token('a'), 64);
  EXPECT_EQ(vocabulary.byte_token('\n'), 198);
  EXPECT_EQ(vocabulary.byte_token('\r'), 201);
  EXPECT_EQ(vocabulary.byte_token(' '), 220);
  EXPECT_EQ(vocabulary.byte_token(0xFF), 187);
  EXPECT_EQ(vocabulary.Find("a"), 64);
  EXPECT_EQ(vocabulary.Find("ab"), std::nullopt);
}

TEST(BpeVocabulary, FromMerges) {
  const auto vocabulary = BpeVocabulary::FromMerges(
      BytesAnd({"th", "the"}), {{'t', 'h'}, {256, 'e'}}, {{"<|endoftext|>", 258}});
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  EXPECT_EQ(vocabulary->size(), 259);
  EXPECT_EQ(vocabulary->token(258), "<|endoftext|>");
  EXPECT_TRUE(vocabulary->IsAdded(258));
  EXPECT_FALSE(vocabulary->IsAdded(257));
  EXPECT_EQ(vocabulary->Find("<|endoftext|>"), std::nullopt);
  EXPECT_EQ(vocabulary->merges()[1], (Merge{256, 'e', 257, 1}));
  EXPECT_EQ(vocabulary->merge_table().Find(256, 'e').result, 257);
  EXPECT_EQ(vocabulary->OneMergePerToken().value(), vocabulary->merges());
}

TEST(BpeVocabulary, FromRanksAllowsEveryCut) {
  const auto vocabulary = BpeVocabulary::FromRanks(BytesAnd({"th", "he", "the"}), {});
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  EXPECT_TRUE(vocabulary->whole_pieces_first());
  EXPECT_EQ(
      vocabulary->merges(),
      (std::vector<Merge>{
          {'t', 'h', 256, 256}, {'h', 'e', 257, 257}, {'t', 257, 258, 258}, {256, 'e', 258, 258}}));
  // "th" comes before "he", so it is th + e that makes "the".
  const std::vector<Merge> one_each = vocabulary->OneMergePerToken().value();
  ASSERT_EQ(one_each.size(), 3u);
  EXPECT_EQ(one_each[2], (Merge{256, 'e', 258, 258}));
}

// "ab" + "c" would make "abc", but "ab" comes after it.
TEST(BpeVocabulary, OneMergePerTokenNeedsTheirOrder) {
  const auto vocabulary = BpeVocabulary::FromRanks(BytesAnd({"abc", "ab"}), {});
  ASSERT_TRUE(vocabulary.ok());
  EXPECT_EQ(vocabulary->merges().size(), 2u);
  EXPECT_FALSE(vocabulary->OneMergePerToken().ok());
}

TEST(BpeVocabulary, OneMergePerTokenNeedsTwoParts) {
  const auto vocabulary = BpeVocabulary::FromRanks(BytesAnd({"abc"}), {});
  ASSERT_TRUE(vocabulary.ok());
  EXPECT_THAT(std::string(vocabulary->OneMergePerToken().status().message()),
              HasSubstr("token 256, \"abc\""));
}

TEST(BpeVocabulary, WhatDoesNotFitIsAnError) {
  using V = BpeVocabulary;
  EXPECT_THAT(ErrorOf(V::FromMerges({}, {}, {})), HasSubstr("byte 0"));
  Tokens without_a = BytesAnd({});
  without_a['a'] = "aa";
  EXPECT_THAT(ErrorOf(V::FromMerges(without_a, {}, {})), HasSubstr("byte 97"));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({"", "th"}), {}, {})), HasSubstr("id 256"));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({"th", "th"}), {}, {})), HasSubstr("256 and 257"));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({}), {{'t', 'h'}}, {})), HasSubstr("\"th\""));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({"th"}), {{'t', 300}}, {})), HasSubstr("merge 1"));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({"th"}), {{-1, 'h'}}, {})), HasSubstr("merge 1"));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({"th"}), {{'t', 'h'}, {'t', 'h'}}, {})),
              HasSubstr("merge 2 repeats merge 1"));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({std::string(1025, 'x')}), {}, {})),
              HasSubstr("1025 bytes"));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({}), {}, {{"<e>", 255}})), HasSubstr("\"<e>\""));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({}), {}, {{"<e>", -1}})), HasSubstr("-1"));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({}), {}, {{"<e>", 2000000000}})),
              HasSubstr("2000000000"));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({}), {}, {{"<e>", 256}, {"<e>", 257}})),
              HasSubstr("twice"));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({}), {}, {{"", 256}})), HasSubstr("empty"));
  EXPECT_THAT(ErrorOf(V::FromMerges(BytesAnd({}), {{0, 256}}, {{"<e>", 256}})),
              HasSubstr("no tokens"));
}

TEST(BpeVocabulary, CopiesAreIndependent) {
  const BpeVocabulary original;
  BpeVocabulary copy = original;
  EXPECT_EQ(copy.AddToken("<new>").value(), 256);
  EXPECT_EQ(copy.size(), 257);
  EXPECT_EQ(original.size(), 256);
  EXPECT_EQ(copy.Find("a"), original.Find("a"));
  EXPECT_FALSE(copy.AddToken("").ok());
}

}  // namespace
}  // namespace gokart
