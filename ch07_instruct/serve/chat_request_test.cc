#include "ch07_instruct/serve/chat_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gokart {
namespace {

using ::testing::HasSubstr;

std::string Error(const std::string& body) {
  const auto request = ParseChatRequest(body, 100);
  EXPECT_FALSE(request.ok()) << body;
  return std::string(request.status().message());
}

TEST(ParseChatRequest, TakesAConversation) {
  const auto request = ParseChatRequest(
      R"({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": ""},
                       {"role": "user", "content": "안녕"}],
          "temperature": 0.5, "max_new_tokens": 7, "seed": 9})",
      100);
  ASSERT_TRUE(request.ok()) << request.status();
  ASSERT_EQ(request->messages.size(), 3u);
  EXPECT_TRUE(request->messages[0].from_user);
  EXPECT_FALSE(request->messages[1].from_user);
  EXPECT_EQ(request->messages[2].text, "안녕");
  EXPECT_EQ(request->options.temperature, 0.5);
  EXPECT_EQ(request->options.max_new_tokens, 7);
  EXPECT_EQ(request->options.seed, 9u);
}

TEST(ParseChatRequest, SaysWhatIsWrong) {
  EXPECT_THAT(Error(""), HasSubstr("no valid JSON"));
  EXPECT_THAT(Error("[]"), HasSubstr("object expected"));
  EXPECT_THAT(Error(std::string(100000, '[')), HasSubstr("request"));
  EXPECT_THAT(Error("{}"), HasSubstr("messages"));
  EXPECT_THAT(Error(R"({"messages": []})"), HasSubstr("messages"));
  EXPECT_THAT(Error(R"({"messages": [1]})"), HasSubstr("messages[0]"));
  EXPECT_THAT(Error(R"({"messages": [{"role": "root", "content": "x"}]})"), HasSubstr("role"));
  EXPECT_THAT(Error(R"({"messages": [{"role": "user", "content": 1}]})"), HasSubstr("content"));
  EXPECT_THAT(Error(R"({"messages": [{"role": "user", "content": ""}]})"), HasSubstr("not empty"));
  EXPECT_THAT(Error(R"({"messages": [{"role": "assistant", "content": "x"}]})"),
              HasSubstr("the user's"));
  const std::string hi = R"({"messages": [{"role": "user", "content": "x"}], )";
  EXPECT_THAT(Error(hi + R"("max_new_tokens": 101})"), HasSubstr("max_new_tokens"));
  EXPECT_THAT(Error(hi + R"("max_new_tokens": 1.5})"), HasSubstr("whole number"));
  EXPECT_THAT(Error(hi + R"("temperature": -1})"), HasSubstr("temperature"));
  EXPECT_THAT(Error(hi + R"("temperature": "hot"})"), HasSubstr("temperature"));
  EXPECT_THAT(Error(hi + R"("seed": -1})"), HasSubstr("seed"));
}

TEST(ParseClassifyRequest, TakesAText) {
  EXPECT_EQ(*ParseClassifyRequest(R"({"text": "You won"})"), "You won");
  EXPECT_FALSE(ParseClassifyRequest(R"({"text": ""})").ok());
  EXPECT_FALSE(ParseClassifyRequest(R"({"text": 3})").ok());
  EXPECT_FALSE(ParseClassifyRequest("nonsense").ok());
}

}  // namespace
}  // namespace gokart
