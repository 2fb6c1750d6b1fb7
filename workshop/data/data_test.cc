// The embedded texts against the files that they come from.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "workshop/data/scripts_sample.h"
#include "workshop/data/short_story.h"
#include "workshop/data/sms.h"

namespace gokart {
namespace {

// Tests run in the root of their runfiles, where the `data` of the target lies.
std::string ReadRunfile(const std::string& name) {
  std::ifstream in("workshop/data/" + name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

TEST(ShortStoryTest, IsTheFile) { EXPECT_EQ(ShortStory(), ReadRunfile("short_story.txt")); }

TEST(ShortStoryTest, IsPlainTextOfTheWorkshopsLength) {
  const std::string_view text = ShortStory();
  EXPECT_GE(text.size(), 19500u);
  EXPECT_LE(text.size(), 21000u);
  EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                          [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  EXPECT_EQ(text.find(" \n"), std::string_view::npos) << "a space at the end of a line";
  EXPECT_EQ(text.find("  "), std::string_view::npos) << "two spaces in a row";
  EXPECT_EQ(text.find("\n\n\n"), std::string_view::npos);
}

TEST(ShortStoryTest, HasEveryMarkThatTheFirstTokenizerSplitsAt) {
  for (const char* mark : {",", ".", ":", ";", "?", "_", "!", "\"", "(", ")", "'", "--"}) {
    EXPECT_NE(ShortStory().find(mark), std::string_view::npos) << mark;
  }
}

TEST(ScriptsSampleTest, IsTheFile) {
  EXPECT_EQ(ScriptsSampleText(), ReadRunfile("scripts_sample.txt"));
}

TEST(ScriptsSampleTest, HasItsSections) {
  std::vector<std::string_view> names;
  for (const ScriptSample& sample : ScriptSamples()) names.push_back(sample.name);
  EXPECT_THAT(names, testing::ElementsAre("English", "German", "French", "Greek", "Russian",
                                          "Arabic", "Hindi", "Korean", "Japanese", "Chinese",
                                          "Emoji", "Source code"));
}

TEST(ScriptsSampleTest, SectionsAddUpToTheFile) {
  std::string text;
  for (const ScriptSample& sample : ScriptSamples()) {
    text += "== " + std::string(sample.name) + " ==\n" + std::string(sample.text) + "\n";
  }
  EXPECT_EQ(text, ScriptsSampleText());
}

TEST(SmsMessagesTest, IsTheFile) { EXPECT_EQ(SmsMessages(), ReadRunfile("sms.tsv")); }

// Every line is a label and a message that no other line has; quotes that readers of tables could
// take for their own never begin one.
TEST(SmsMessagesTest, HasManyDifferentMessages) {
  std::istringstream in{std::string(SmsMessages())};
  int ham = 0, spam = 0;
  std::set<std::string> messages;
  for (std::string line; std::getline(in, line);) {
    const size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    const std::string label = line.substr(0, tab), message = line.substr(tab + 1);
    ham += label == "ham";
    spam += label == "spam";
    EXPECT_FALSE(message.empty() || message[0] == '"' || message.find('\t') != std::string::npos)
        << line;
    EXPECT_TRUE(messages.insert(message).second) << "twice: " << message;
  }
  EXPECT_EQ(ham, 2000);
  EXPECT_EQ(spam, 500);
  EXPECT_EQ(messages.size(), 2500u);
}

}  // namespace
}  // namespace gokart
