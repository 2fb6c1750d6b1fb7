#include "workshop/csv_reader.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr CsvDialect kPandasTsv = {.separator = '\t', .quoting = CsvQuoting::kPandas};
constexpr CsvDialect kPlainTsv = {.separator = '\t', .quoting = CsvQuoting::kNone};

std::string ErrorOf(const std::string& text, const CsvDialect& dialect) {
  return std::string(ReadCsvRecords(text, dialect).status().message());
}

TEST(CsvReader, KnowsWhereRecordsBegin) {
  const auto records = ReadCsvRecords("a,b\n\"two\nlines\",c\r\nlast,");
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_EQ(records->size(), 3u);
  EXPECT_EQ((*records)[1].line, 2);
  EXPECT_THAT((*records)[1].fields, ElementsAre("two\nlines", "c"));
  EXPECT_EQ((*records)[2].line, 4);
  EXPECT_THAT((*records)[2].fields, ElementsAre("last", ""));
}

TEST(CsvReader, ErrorsNameLineAndColumn) {
  EXPECT_THAT(ErrorOf("a\nbb,\"c\nd", {}), HasSubstr("line 2, column 4: a quote is never closed"));
  EXPECT_THAT(ErrorOf("a\n\"b\"c\n", {}), HasSubstr("line 2, column 4: text after a closing"));
}

// The lines are modelled on those of the SMS collection that pandas reads in another way than they
// are meant: a quote at the beginning of a message, with its partner in the middle, at the end, or
// two messages later.
TEST(CsvReader, ReadsQuotesAsPandasDoes) {
  const auto records = ReadCsvRecords(
      "ham\t\"Hi\" she said\n"
      "ham\tHe said \"no\"\n"
      "\n"
      "ham\t\"HELLO \"\"YOU\"\"\"\n"
      "spam\t\"YOU WON\n"
      "ham\tok\n"
      "ham\tDoes not \"work\" now\n",
      kPandasTsv);
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_EQ(records->size(), 4u);
  EXPECT_EQ((*records)[0].fields[1], "Hi she said");
  EXPECT_EQ((*records)[1].fields[1], "He said \"no\"");
  EXPECT_EQ((*records)[2].fields[1], "HELLO \"YOU\"");
  EXPECT_EQ((*records)[3].fields[1], "YOU WON\nham\tok\nham\tDoes not work\" now");
  EXPECT_THAT(ErrorOf("ham\tfine\nspam\t\"never ends\n", kPandasTsv),
              HasSubstr("line 2, column 6"));
}

TEST(CsvReader, ReadsLinesAsTheyAreWithoutQuoting) {
  const auto records = ReadCsvRecords("ham\t\"Hi\" she said\r\n\nspam\t\"YOU, WON", kPlainTsv);
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_EQ(records->size(), 2u);
  EXPECT_THAT((*records)[0].fields, ElementsAre("ham", "\"Hi\" she said"));
  EXPECT_THAT((*records)[1].fields, ElementsAre("spam", "\"YOU, WON"));
  EXPECT_EQ((*records)[1].line, 3);
}

}  // namespace
}  // namespace gokart
