#include "ch07_instruct/instruction_entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(const std::string& json, const std::vector<std::string>& needed = {"output"}) {
  const auto entries = ParseInstructions(json, "data.json", needed);
  return entries.ok() ? "ok" : std::string(entries.status().message());
}

TEST(ParseInstructionsTest, ReadsTextsAndKeepsOtherFieldsInTheirOrder) {
  const auto entries = ParseInstructions(R"([
    {"instruction": "Say hi.", "input": "", "output": "hi", "rejected": "no", "chosen": "Hi!"},
    {"instruction": "Caf\u00e9?", "output": "oui", "task": "french"}])",
                                         "data.json");
  ASSERT_TRUE(entries.ok()) << entries.status().message();
  ASSERT_EQ(entries->size(), 2);
  EXPECT_EQ((*entries)[0].instruction, "Say hi.");
  EXPECT_EQ((*entries)[0].output, "hi");
  EXPECT_EQ((*entries)[0].Extra("chosen"), "Hi!");
  EXPECT_EQ((*entries)[0].Extra("missing"), "");
  EXPECT_EQ((*entries)[1].instruction, "Café?");
  EXPECT_EQ((*entries)[1].input, "");
  EXPECT_EQ((*entries)[1].task, "french");
  const std::string json = InstructionsToJson(*entries);
  EXPECT_LT(json.find("\"rejected\""), json.find("\"chosen\""));
  EXPECT_EQ(*ParseInstructions(json, "again"), *entries);
}

TEST(InstructionsToJsonTest, WritesAsTheWorkshopDoes) {
  const std::string json = InstructionsToJson({{.instruction = "A", .input = "", .output = "B"}});
  EXPECT_EQ(json,
            "[\n    {\n        \"instruction\": \"A\",\n        \"input\": \"\",\n"
            "        \"output\": \"B\"\n    }\n]\n");
}

TEST(InstructionsToJsonTest, AResponseMayEndWithinACharacter) {
  InstructionEntry entry = {.instruction = "A", .output = "B"};
  entry.extra["model_response"] = "caf\xC3";
  EXPECT_THAT(InstructionsToJson({entry}), HasSubstr("caf\xEF\xBF\xBD"));
}

TEST(ParseInstructionsTest, SyntaxErrorsNameLineAndColumn) {
  EXPECT_THAT(ErrorOf("[\n  {\"instruction\": \"A\",\n   \"output\" 7}]"),
              HasSubstr("data.json: line 3, column 13: no JSON"));
  EXPECT_THAT(ErrorOf("[{\"instruction\": \"A\", \"output\": \"B\"}"), HasSubstr("no JSON"));
  // Bytes that are no text stay out of the message.
  EXPECT_EQ(ErrorOf("[\"\xFF\"]"),
            "data.json: line 1, column 3: no JSON: syntax error while parsing value - invalid "
            "string: ill-formed UTF-8 byte");
  EXPECT_THAT(ErrorOf(""), HasSubstr("line 1, column 1: no JSON"));
}

TEST(ParseInstructionsTest, WrongEntriesAreNamedByNumberAndLine) {
  const std::string two = "[\n{\"instruction\": \"A\", \"output\": \"B\"},\n";
  EXPECT_EQ(ErrorOf(two + "{\"instruction\": \"A\"}]"),
            "data.json: entry 1 (line 3): has no \"output\"");
  EXPECT_EQ(ErrorOf(two + "\n{\"output\": \"A\"}]"),
            "data.json: entry 1 (line 4): has no \"instruction\"");
  EXPECT_EQ(ErrorOf(two + "{\"instruction\": \" \", \"output\": \"B\"}]"),
            "data.json: entry 1 (line 3): its \"instruction\" is empty");
  EXPECT_EQ(ErrorOf(two + "{\"instruction\": \"A\", \"output\": 5}]"),
            "data.json: entry 1 (line 3): its \"output\" must be a text, but is a number");
  EXPECT_EQ(ErrorOf(two + "{\"instruction\": \"A\", \"output\": \"B\", \"input\": null}]"),
            "data.json: entry 1 (line 3): its \"input\" must be a text, but is a null");
  EXPECT_EQ(ErrorOf(two + "7]"), "data.json: entry 1: an object expected, found number");
  EXPECT_EQ(ErrorOf(two + "{\"instruction\": \"A\", \"output\": \"B\"}]", {"output", "chosen"}),
            "data.json: entry 0 (line 2): has no \"chosen\"");
}

TEST(ParseInstructionsTest, RefusesWhatIsNoList) {
  EXPECT_EQ(ErrorOf("{}"), "data.json: a JSON list of entries expected, found object");
  EXPECT_EQ(ErrorOf("[]"), "data.json: has no entries");
  EXPECT_THAT(ErrorOf(std::string(100000, '[')), HasSubstr("data.json: "));
  EXPECT_THAT(ErrorOf("[{\"instruction\": \"A\", \"output\": \"B\", \"x\": " +
                      std::string(100, '[') + std::string(100, ']') + "}]"),
              HasSubstr("deeper"));
}

// The workshop's 1,100 entries: 935 to train, the next 110 to test, the last 55 to validate.
TEST(SplitInstructionsTest, IsTheWorkshops) {
  std::vector<InstructionEntry> entries(1100);
  for (size_t i = 0; i < entries.size(); ++i) entries[i].instruction = std::to_string(i);
  const InstructionSplit split = SplitInstructions(entries);
  EXPECT_THAT((std::vector<size_t>{split.train.size(), split.test.size(), split.val.size()}),
              ElementsAre(935, 110, 55));
  EXPECT_EQ(split.train.back().instruction, "934");
  EXPECT_EQ(split.test.front().instruction, "935");
  EXPECT_EQ(split.val.front().instruction, "1045");
}

// The workshop's exercise 7.3: Alpaca's 52,002 entries.
TEST(SplitInstructionsTest, RoundsDown) {
  const InstructionSplit split = SplitInstructions(std::vector<InstructionEntry>(52002));
  EXPECT_EQ(split.train.size(), 44201u);
  EXPECT_EQ(split.test.size(), 5200u);
  EXPECT_EQ(split.val.size(), 2601u);
}

}  // namespace
}  // namespace gokart
