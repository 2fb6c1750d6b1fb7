#include "workshop/json_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ParseJson, Values) {
  const auto json = ParseJson(R"({"a": [1, {"b": "x"}]})", "here");
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ((*json)["a"][1]["b"], "x");
}

TEST(ParseJson, ErrorsNameSourceAndByte) {
  const auto json = ParseJson(R"({"a": 1,})", "config.json");
  EXPECT_THAT(std::string(json.status().message()),
              AllOf(HasSubstr("config.json: byte 9"), HasSubstr("no valid JSON")));
  EXPECT_FALSE(ParseJson("", "here").ok());
  EXPECT_FALSE(ParseJson("1 2", "here").ok());
  EXPECT_FALSE(ParseJson("\"\xff\"", "here").ok());  // not UTF-8
  EXPECT_THAT(std::string(ParseJson("[1e999]", "here").status().message()),
              HasSubstr("here: "));  // no double is that large
}

TEST(ParseJson, RefusesDepth) {
  EXPECT_TRUE(ParseJson("[[1]]", "here", 2).ok());
  EXPECT_THAT(std::string(ParseJson("[[[1]]]", "here", 2).status().message()),
              HasSubstr("more than 2 deep"));
  const std::string deep(1000000, '[');
  EXPECT_FALSE(ParseJson(deep, "here").ok());
  EXPECT_FALSE(ParseJson(deep + std::string(1000000, ']'), "here").ok());
}

TEST(ReadJsonFile, ReadsFiles) {
  const std::string path = ::testing::TempDir() + "/json_file_test.json";
  ASSERT_TRUE(WriteFile(path, "[1, 2]").ok());
  EXPECT_EQ(*ReadJsonFile(path), nlohmann::json({1, 2}));
  EXPECT_THAT(std::string(ReadJsonFile(path, 5).status().message()), HasSubstr("larger than"));
  EXPECT_FALSE(ReadJsonFile(path + ".no").ok());
}

}  // namespace
}  // namespace gokart
