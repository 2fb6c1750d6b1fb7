// The page about a model: the figures that are known from elsewhere stand in their lines.
#include "ch04_model/summary_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gokart {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// The line of `text` that starts with `name`, or "".
std::string Line(const std::string& text, const std::string& name) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    if (line.rfind(name, 0) == 0) return line;
    begin = end + 1;
  }
  return "";
}

TEST(SummaryReport, PartsOfGpt2Small) {
  const std::string table = PartsTable({}, 1024);
  EXPECT_THAT(Line(table, "token embedding"), ContainsRegex("38,597,376 +23.7% +0 "));
  EXPECT_THAT(Line(table, "feed-forward"), ContainsRegex("56,669,184 +34.8% +56,623,104"));
  EXPECT_THAT(Line(table, "output head"), ContainsRegex("38,597,376 .* 38,597,376"));
  EXPECT_THAT(Line(table, "all"), ContainsRegex("163,009,536 +100.0%"));
}

// The head's table goes, its work stays.
TEST(SummaryReport, TyingSavesParametersButNoWork) {
  const std::string table = TyingTable({}, 1024);
  EXPECT_THAT(Line(table, "parameters"), ContainsRegex("163,009,536 +124,412,160"));
  EXPECT_THAT(Line(table, "  in units"), ContainsRegex("621.83 +474.59"));
  EXPECT_THAT(Line(table, "FLOPs per token, forward"), ContainsRegex("266.0M +266.0M"));
  EXPECT_EQ(TyingTable({.tie_weights = true}, 1024), table);
}

TEST(SummaryReport, MemoryOfATrainingStep) {
  const std::string table = MemoryTable({}, {.batch_size = 4, .num_tokens = 256});
  EXPECT_THAT(Line(table, "weights"), HasSubstr("652.0 MB"));
  EXPECT_THAT(Line(table, "AdamW's moments"), HasSubstr("1.3 GB"));
  EXPECT_THAT(Line(table, "logits"), HasSubstr("205.9 MB"));  // 4 * 256 * 50257 * 4 bytes
  EXPECT_THAT(Line(table, "at most"), HasSubstr("3.0 GB"));
}

TEST(SummaryReport, HasAllTables) {
  const SummaryOptions options = {.batch_size = 2, .num_tokens = 128};
  const std::string page = SummaryReport("mine", {}, options);
  EXPECT_THAT(page, HasSubstr("mine: 12 blocks of width 768 with 12 heads of 64"));
  EXPECT_THAT(page, HasSubstr(PartsTable({}, 128)));
  EXPECT_THAT(page, HasSubstr(TyingTable({}, 128)));
  EXPECT_THAT(page, HasSubstr(MemoryTable({}, options)));
  // 256 tokens, 6 (123,532,032 + 12 * 768 * 129) each
  EXPECT_THAT(page, HasSubstr("A batch of 2 x 128 tokens takes 191.6B FLOPs"));
}

TEST(SummaryReport, NamedModels) {
  EXPECT_THAT(Line(NamedConfigsTable(), "gpt2-xl"),
              ContainsRegex("48 +1600 +25 +1,637,792,000 +1,557,380,800 +6.6 GB"));
  EXPECT_THAT(Line(NamedConfigsCostTable(), "gpt2-medium"),
              MatchesRegex("gpt2-medium +1,024 +353,453,056 +378,643,456 +2.3B"));
}

}  // namespace
}  // namespace gokart
