#include "ch07_instruct/instruction_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "ch02_data/character_tokenizer.h"
#include "ch02_data/gpt2_for_test.h"
#include "ch07_instruct/length_groups.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const PromptTemplate& Template(const std::string& name) { return **FindPromptTemplate(name); }

const std::vector<InstructionEntry>& Entries() {
  static const auto& entries =
      *new std::vector<InstructionEntry>{{.instruction = "Hi", .output = "yes"},
                                         {.instruction = "Go on", .input = "ab", .output = "c"}};
  return entries;
}

// Of characters, so that ids can be counted by hand.
CharacterTokenizer Characters() {
  return CharacterTokenizer(CharacterVocabulary("Q: HiGo onabcyesA\n"));
}

InstructionDataset Make(const InstructionDatasetOptions& options) {
  const CharacterTokenizer tokenizer = Characters();
  auto dataset = InstructionDataset::Make(Entries(), Template("short"), tokenizer, options);
  EXPECT_TRUE(dataset.ok()) << dataset.status().message();
  return *std::move(dataset);
}

TEST(InstructionDatasetTest, JoinsPromptAndAnswer) {
  const CharacterTokenizer tokenizer = Characters();
  const InstructionDataset dataset = Make({});
  EXPECT_EQ(tokenizer.Decode(dataset.texts()[0].ids), "Q: Hi\nA: yes");
  EXPECT_EQ(tokenizer.Decode(dataset.texts()[1].ids), "ab\nQ: Go on\nA: c");
  EXPECT_EQ(dataset.LongestText(), 16);
  EXPECT_EQ(dataset.NumCutOff(), 0);
  EXPECT_EQ(Make({.allowed_max_length = 13}).NumCutOff(), 1);
}

TEST(InstructionDatasetTest, MasksTheRequestOrTheWholePrompt) {
  EXPECT_EQ(Make({}).texts()[0].masked, 0);
  EXPECT_EQ(Make({.masking = Masking::kInstruction}).texts()[0].masked, 5);  // Q: Hi
  EXPECT_EQ(Make({.masking = Masking::kPrompt}).texts()[0].masked, 8);       // Q: Hi\nA:
}

TEST(InstructionDatasetTest, AMaskedTextOfWhichNothingIsLeftIsAnError) {
  const CharacterTokenizer tokenizer = Characters();
  const auto dataset =
      InstructionDataset::Make(Entries(), Template("short"), tokenizer,
                               {.masking = Masking::kInstruction, .allowed_max_length = 8});
  EXPECT_EQ(dataset.status().message(),
            "entry 1: its request alone has 11 tokens, of which only 8 fit: nothing is left of its "
            "answer to learn");
}

TEST(InstructionDatasetTest, RefusesExamplesThatAreNotThere) {
  const InstructionDataset dataset = Make({});
  const int64_t two = 2;
  EXPECT_THROW(dataset.Get({&two, 1}), std::invalid_argument);
}

// Published: GPT-2's ids of the words that the workshop's sample batch begins with (section 7.3),
// and of Phi-3's mark (exercise 7.1).
TEST(InstructionDatasetTest, Gpt2Ids) {
  const std::vector<InstructionEntry> entries = {
      {.instruction = "Rewrite the sentence using a simile.",
       .input = "The car is very fast.",
       .output = "The car is as fast as lightning."}};
  const auto alpaca = InstructionDataset::Make(entries, Template("alpaca"), Gpt2ForTest());
  ASSERT_TRUE(alpaca.ok());
  const std::vector<int32_t>& ids = alpaca->texts()[0].ids;
  EXPECT_THAT(std::vector<int32_t>(ids.begin(), ids.begin() + 8),
              ElementsAre(21106, 318, 281, 12064, 326, 8477, 257, 4876));
  const auto phi3 = InstructionDataset::Make(entries, Template("phi3"), Gpt2ForTest());
  ASSERT_TRUE(phi3.ok());
  const std::vector<int32_t>& short_ids = phi3->texts()[0].ids;
  EXPECT_THAT(std::vector<int32_t>(short_ids.begin(), short_ids.begin() + 5),
              ElementsAre(27, 91, 7220, 91, 29));
}

// A text may say <|endoftext|>; to the model that must not be the end.
TEST(InstructionDatasetTest, SpecialTokensInTextsAreLetters) {
  const std::vector<InstructionEntry> entries = {{.instruction = "Hi", .output = "<|endoftext|>"}};
  const auto dataset = InstructionDataset::Make(entries, Template("phi3"), Gpt2ForTest());
  ASSERT_TRUE(dataset.ok());
  EXPECT_EQ(std::ranges::count(dataset->texts()[0].ids, 50256), 0);
}

// 100 texts, no two of one length.
absl::StatusOr<InstructionDataset> HundredTexts() {
  std::vector<InstructionEntry> entries;
  for (int i = 0; i < 100; ++i) {
    entries.push_back({.instruction = "a", .output = std::string(1 + i * 37 % 100, 'b')});
  }
  return InstructionDataset::Make(entries, Template("short"), Characters());
}

TEST(LengthGroupsTest, EveryExampleOnceAndAboutEquallyLong) {
  const auto dataset = HundredTexts();
  ASSERT_TRUE(dataset.ok());
  const LengthGroups groups(*dataset, /*batch_size=*/8, /*window=*/12, /*seed=*/1);
  ASSERT_EQ(groups.size(), 12);
  std::set<int64_t> seen;
  size_t spread = 0;
  for (const std::vector<int64_t>& group : groups.groups()) {
    size_t longest = 0, shortest = 1000;
    for (int64_t example : group) {
      EXPECT_TRUE(seen.insert(example).second);
      longest = std::max(longest, dataset->texts()[example].ids.size());
      shortest = std::min(shortest, dataset->texts()[example].ids.size());
    }
    spread += longest - shortest;
  }
  // 96 of the lengths 1 to 100 in 12 runs: 4 of them are missing somewhere.
  EXPECT_LE(spread, 12 * 7 + 4);
  EXPECT_NE(groups.groups(), LengthGroups(*dataset, 8, 12, /*seed=*/2).groups());
  const int64_t first = 0;
  EXPECT_EQ(groups.Get({&first, 1}).inputs.shape(0), 8);
  const int64_t both[] = {0, 1};
  EXPECT_THROW(groups.Get(both), std::invalid_argument);
  EXPECT_THROW(LengthGroups(*dataset, 0, 1, 1), std::invalid_argument);
}

// Sorted within one batch at a time, batches are as mixed as without sorting.
TEST(LengthGroupsTest, AreOnlySortedWithinTheirWindow) {
  const auto dataset = HundredTexts();
  ASSERT_TRUE(dataset.ok());
  const LengthGroups groups(*dataset, /*batch_size=*/8, /*window=*/1, /*seed=*/1);
  for (const std::vector<int64_t>& group : groups.groups()) {
    const size_t shortest = dataset->texts()[group.front()].ids.size();
    const size_t longest = dataset->texts()[group.back()].ids.size();
    EXPECT_GT(longest, shortest + 20) << "8 of 100 texts, drawn at random";
  }
}

}  // namespace
}  // namespace gokart
