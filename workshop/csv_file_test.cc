#include "workshop/csv_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CsvFileTest : public ::testing::Test {
 protected:
  ~CsvFileTest() override { std::filesystem::remove(path_); }

  void Put(const std::string& content) { std::ofstream(path_, std::ios::binary) << content; }
  std::string Get() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::string path_ =
      ::testing::TempDir() + "/csv_file_test." + std::to_string(getpid()) + ".csv";
};

TEST(CsvLineTest, QuotesWhatNeedsIt) {
  EXPECT_EQ(CsvLine({"a", "", "b c"}), "a,,b c");
  EXPECT_EQ(CsvLine({"a,b", "say \"hi\"", "two\nlines"}),
            "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"");
}

TEST(ParseCsvTest, Records) {
  EXPECT_THAT(*ParseCsv("a,b\r\n\"1,5\",\"\"\"x\"\"\"\n,\n\"two\nlines\",end"),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("1,5", "\"x\""), ElementsAre("", ""),
                          ElementsAre("two\nlines", "end")));
  EXPECT_THAT(*ParseCsv(""), ElementsAre());
}

TEST(ParseCsvTest, ErrorsNameTheLine) {
  EXPECT_THAT(std::string(ParseCsv("a\nb\n\"c\nd").status().message()), HasSubstr("line 3"));
  EXPECT_THAT(std::string(ParseCsv("a\n\"b\"c\n").status().message()), HasSubstr("line 2"));
}

TEST_F(CsvFileTest, RowsAreThereAtOnce) {
  absl::StatusOr<CsvFile> file = CsvFile::Create(path_, {"step", "loss"});
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(Get(), "step,loss\n");
  ASSERT_TRUE(file->AddRow({"1", "9.5"}).ok());
  EXPECT_EQ(Get(), "step,loss\n1,9.5\n");
  EXPECT_FALSE(file->AddRow({"1"}).ok());
  EXPECT_EQ(Get(), "step,loss\n1,9.5\n");
}

TEST_F(CsvFileTest, ContinuesAfterAnInterruption) {
  Put("step,loss\n1,9\n2,8\n3,7\n4,");  // killed while it wrote the row of step 4
  absl::StatusOr<CsvFile> file = CsvFile::Continue(
      path_, {"step", "loss"}, [](const CsvFile::Row& row) { return std::stoi(row[0]) <= 2; });
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE(file->AddRow({"3", "6"}).ok());
  EXPECT_EQ(Get(), "step,loss\n1,9\n2,8\n3,6\n");
}

TEST_F(CsvFileTest, ContinuesNothing) {
  ASSERT_TRUE(CsvFile::Continue(path_, {"a"}).ok());
  EXPECT_EQ(Get(), "a\n");
  Put("half a head");
  ASSERT_TRUE(CsvFile::Continue(path_, {"a"}).ok());
  EXPECT_EQ(Get(), "a\n");
}

TEST_F(CsvFileTest, RefusesOtherColumns) {
  Put("a,b\n1,2\n");
  EXPECT_THAT(std::string(CsvFile::Continue(path_, {"a", "c"}).status().message()),
              HasSubstr("'a,b'"));
  EXPECT_EQ(Get(), "a,b\n1,2\n");
}

TEST_F(CsvFileTest, FullDisk) {
  std::filesystem::create_symlink("/dev/full", path_);
  EXPECT_FALSE(CsvFile::Create(path_, {"a"}).ok());
}

}  // namespace
}  // namespace gokart
