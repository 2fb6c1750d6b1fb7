#include "workshop/table.h"

#include <stdexcept>
#include <string>

#include "gtest/gtest.h"

namespace gokart {
namespace {

Table Models() {
  Table table({"model", "parameters", "note"});
  table.AddRow({"gpt2-small", "124,439,808", "the workshop's"});
  table.AddRow({"größer", "~1.5B", "-"});
  return table;
}

TEST(TableTest, AlignsNumbersRightAndTextLeft) {
  EXPECT_EQ(Models().ToText(),
            "model        parameters  note\n"
            "──────────  ───────────  ──────────────\n"
            "gpt2-small  124,439,808  the workshop's\n"
            "größer            ~1.5B  -\n");
}

TEST(TableTest, WrapsTheLastColumn) {
  Table table({"n", "text"});
  table.AddRow({"1", "a sentence that is longer than a line may be"});
  table.AddRow({"2", "short"});
  EXPECT_EQ(table.ToText(24),
            "n  text\n"
            "─  ─────────────────────\n"
            "1  a sentence that is\n"
            "   longer than a line\n"
            "   may be\n"
            "2  short\n");
}

TEST(TableTest, WideCharacters) {
  Table table({"a", "b"});
  table.AddRow({"日本", "x"});
  table.AddRow({"é", "y"});
  EXPECT_EQ(table.ToText(), "a     b\n────  ─\n日本  x\né     y\n");
}

TEST(TableTest, Csv) {
  Table table({"a", "b"});
  table.AddRow({"1,5", "x"});
  EXPECT_EQ(table.ToCsv(), "a,b\n\"1,5\",x\n");
}

TEST(TableTest, Markdown) {
  Table table({"name", "n"});
  table.AddRow({"a|b", "7"});
  EXPECT_EQ(table.ToMarkdown(), "| name | n |\n| --- | ---: |\n| a\\|b | 7 |\n");
}

TEST(TableTest, ColumnsOfDashesOnlyAreNotNumbers) {
  Table table({"wide head", "b"});
  table.AddRow({"-", "x"});
  EXPECT_EQ(table.ToText(), "wide head  b\n─────────  ─\n-          x\n");
}

TEST(TableTest, RowsMustFit) {
  EXPECT_THROW(Table({"a"}).AddRow({"1", "2"}), std::invalid_argument);
}

// Whether a column with this cell is aligned to the right.
bool AlignedRight(const std::string& cell) {
  Table table({"a very wide column", "x"});
  table.AddRow({cell, "x"});
  return table.ToText().find("\n" + cell + " ") == std::string::npos;
}

TEST(TableTest, WhatIsANumber) {
  for (const char* cell : {"7", "-1.5", "124,439,808", "497.8 MB", "3.1k", "80%", "~2", ".5",
                           "1e-3", "4 x 2", "85 µs"}) {
    EXPECT_TRUE(AlignedRight(cell)) << cell;
  }
  for (const char* cell : {"1.2.3", "4:12.2", "2024-01-02", "1.5-2", "a1", "~", "none", "."}) {
    EXPECT_FALSE(AlignedRight(cell)) << cell;
  }
}

TEST(TableTest, Empty) { EXPECT_EQ(Table({"a", "b"}).ToText(), "a  b\n─  ─\n"); }

}  // namespace
}  // namespace gokart
