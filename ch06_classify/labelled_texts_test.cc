#include "ch06_classify/labelled_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Shown(const absl::StatusOr<std::vector<LabelledText>>& texts) {
  std::vector<std::string> shown;
  if (!texts.ok()) return {std::string(texts.status().message())};
  for (const LabelledText& t : *texts) {
    shown.push_back(t.label + "|" + t.text + "|" + std::to_string(t.line));
  }
  return shown;
}

std::string ErrorOf(const std::string& content, const LabelledTextsOptions& options) {
  return std::string(ParseLabelledTexts(content, "my.file", options).status().message());
}

TEST(LabelledTexts, ReadsTheThreeFormats) {
  EXPECT_THAT(Shown(ParseLabelledTexts("ham\thi\nspam\tWIN, now\n", "SMSSpamCollection", {})),
              ElementsAre("ham|hi|1", "spam|WIN, now|2"));
  EXPECT_THAT(Shown(ParseLabelledTexts("Label,Text\r\n0,hi\r\n1,\"a \"\"b\"\",\nc\"\r\n0,end",
                                       "train.csv", {})),
              ElementsAre("0|hi|2", "1|a \"b\",\nc|3", "0|end|5"));
  EXPECT_THAT(
      Shown(ParseLabelledTexts(
          "{\"text\": \"caf\\u00e9\", \"label\": \"ham\"}\n\n{\"Label\": 1, \"Text\": \"x\"}",
          "a.jsonl", {})),
      ElementsAre("ham|caf\u00e9|1", "1|x|3"));
}

TEST(LabelledTexts, FindsColumnsByNameAndByNumber) {
  const LabelledTextsOptions named = {.label_column = "stars", .text_column = "review"};
  EXPECT_THAT(Shown(ParseLabelledTexts("id,review,stars\n7,good,5\n", "r.csv", named)),
              ElementsAre("5|good|2"));
  const LabelledTextsOptions numbered = {.format = "csv", .label_column = "3", .text_column = "2"};
  EXPECT_THAT(Shown(ParseLabelledTexts("7,good,5\n", "r", numbered)), ElementsAre("5|good|1"));
}

TEST(LabelledTexts, QuotesAreAMatterOfChoice) {
  const std::string tsv = "ham\t\"Hi\" all\nham\t\"two\nspam\tbuy\" now\n";
  EXPECT_THAT(Shown(ParseLabelledTexts(tsv, "a.tsv", {})),
              ElementsAre("ham|Hi all|1", "ham|two\nspam\tbuy now|2"));
  EXPECT_THAT(Shown(ParseLabelledTexts(tsv, "a.tsv", {.quoting = "none"})),
              ElementsAre("ham|\"Hi\" all|1", "ham|\"two|2", "spam|buy\" now|3"));
  EXPECT_THAT(ErrorOf(tsv, {.format = "tsv", .quoting = "strict"}),
              HasSubstr("my.file: line 1, column 9: text after a closing quote"));
}

TEST(LabelledTexts, ErrorsNameThePlace) {
  EXPECT_THAT(ErrorOf("label,text\na,b\nc,\"d", {.format = "csv"}),
              HasSubstr("my.file: line 3, column 3: a quote is never closed"));
  EXPECT_THAT(ErrorOf("ham\thi\nspam\n", {}), HasSubstr("line 2: 1 fields, at least 2"));
  EXPECT_THAT(ErrorOf("ham\thi\nspam\t \n", {}), HasSubstr("line 2: the text is empty"));
  EXPECT_THAT(ErrorOf("ham\thi\n\tfree\n", {}), HasSubstr("line 2: the label is empty"));
  EXPECT_THAT(ErrorOf("kind,text\na,b\n", {.format = "csv"}),
              HasSubstr("line 1: no column is named 'label'; there are kind, text"));
  EXPECT_THAT(ErrorOf("{\"label\": \"a\", \"text\": \"b\"}\n{\"label\": \"a\", oops}\n", {}),
              HasSubstr("my.file: line 2, column 16: syntax error while parsing"));
  EXPECT_THAT(ErrorOf("{\"label\": \"a\"}\n", {}), HasSubstr("line 1: the object has no 'text'"));
  EXPECT_THAT(ErrorOf("{\"label\": [1], \"text\": \"b\"}\n", {}), HasSubstr("'label' is array"));
  EXPECT_THAT(ErrorOf("ham\tok\nham\tb\xff\n", {}), HasSubstr("line 2, column 6: not UTF-8"));
  EXPECT_THAT(ErrorOf("", {}), HasSubstr("no column is named"));
  EXPECT_THAT(ErrorOf("\n", {.format = "tsv"}), HasSubstr("has no texts"));
  EXPECT_THAT(ErrorOf("a", {.format = "xml"}), HasSubstr("none of tsv, csv, jsonl"));
  EXPECT_THAT(ErrorOf("a", {.format = "csv", .label_column = "1", .text_column = "text"}),
              HasSubstr("name both columns"));
  EXPECT_THAT(std::string(ReadLabelledTexts("no/such/file", {}).status().message()),
              HasSubstr("no/such/file"));
}

TEST(LabelledTexts, NumbersTheClassesInAlphabeticalOrder) {
  const auto texts = *ParseLabelledTexts("spam\ta\nham\tb\nspam\tc\n", "a.tsv", {});
  const auto classes = ClassesOf(texts, "a.tsv");
  ASSERT_TRUE(classes.ok());
  EXPECT_THAT(*classes, ElementsAre("ham", "spam"));
  EXPECT_THAT(*ClassNumbers(texts, *classes, "a.tsv"), ElementsAre(1, 0, 1));
  EXPECT_THAT(std::string(ClassNumbers(texts, {"eggs", "spam"}, "a.tsv").status().message()),
              HasSubstr("a.tsv: line 2: unknown label 'ham'; there are eggs, spam"));
  const auto one = *ParseLabelledTexts("spam\ta\nspam\tb\n", "a.tsv", {});
  EXPECT_THAT(std::string(ClassesOf(one, "a.tsv").status().message()),
              HasSubstr("all texts have the label 'spam'"));
}

}  // namespace
}  // namespace gokart
