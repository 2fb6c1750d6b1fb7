// The embedded texts against the files that they come from.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "workshop/data/scripts_sample.h"
#include "workshop/data/short_story.h"

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

}  // namespace
}  // namespace gokart
