#include "ch07_instruct/story_preferences.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

#include "ch07_instruct/shipped_instructions.h"
#include "ch07_instruct/story_tasks.h"

namespace gokart {
namespace {

std::string Key(const InstructionEntry& e) { return e.instruction + "\n" + e.input; }

std::string Lower(std::string text) {
  text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

// A list's words in alphabetical order.
std::multiset<std::string> Bag(std::string list) {
  std::replace(list.begin(), list.end(), ',', ' ');
  std::istringstream words(list);
  std::multiset<std::string> bag;
  for (std::string word; words >> word;) bag.insert(word);
  return bag;
}

TEST(WholeSentenceTest, AnswersEachFormOfQuestions) {
  const std::map<std::pair<std::string, std::string>, std::string> expected = {
      {{"Who was the friend?", "Otto"}, "The friend was Otto."},
      {{"Who is the story about?", "Mia"}, "The story is about Mia."},
      {{"Who gave Adam the book?", "his aunt"}, "His aunt gave Adam the book."},
      {{"Who was Mia?", "a brave girl"}, "Mia was a brave girl."},
      {{"What did Mia get?", "a cap"}, "Mia got a cap."},
      {{"What did Mia like to do?", "swim"}, "Mia liked to swim."},
      {{"What did they eat?", "butter"}, "They ate butter."},
      {{"What broke?", "the stick"}, "The stick broke."},
      {{"What was too short?", "the pole"}, "The pole was too short."},
      {{"What was lost?", "the cap"}, "The cap was lost."},
      {{"Where did Mia live?", "by the lake"}, "Mia lived by the lake."},
      {{"Where did the cap fall?", "into the pond"}, "The cap fell into the pond."},
      {{"Where was the cap?", "under the tree"}, "The cap was under the tree."},
      {{"What color was the cap?", "red"}, "The cap was red."},
      {{"How many peaches were there?", "five"}, "There were five peaches."},
      {{"How was Mia?", "sad"}, "Mia was sad."},
      {{"How was Mia at the end?", "happy"}, "Mia was happy at the end."},
      {{"Was the cap red or blue?", "red"}, "The cap was red."},
      {{"Was Ida a bear or cat?", "cat"}, "Ida was a cat."},
      {{"Did Mia like to dig or walk?", "walk"}, "Mia liked to walk."}};
  for (const auto& [asked, sentence] : expected) {
    EXPECT_EQ(WholeSentence(asked.first, asked.second), sentence) << asked.first;
  }
  for (const char* other : {"How many names?", "Is blue a color or a place?", "Sort the numbers.",
                            "What comes first?", ""}) {
    EXPECT_EQ(WholeSentence(other, "x"), std::nullopt) << other;
  }
}

// Whatever the generator of tasks asks about a story.
TEST(WholeSentenceTest, KnowsAllQuestionsAboutStories) {
  for (const TaskPart part : {TaskPart::kTrain, TaskPart::kHeldOut}) {
    TaskGenerator generator(5, part);
    for (size_t task = 0; task < StoryTasks().size(); ++task) {
      const std::string& name = StoryTasks()[task].name;
      const bool question = StoryTasks()[task].news == "stories" && name != "continue";
      for (int i = 0; i < 60; ++i) {
        const InstructionEntry entry = generator.Next(task);
        EXPECT_EQ(WholeSentence(entry.instruction, entry.output).has_value(), question)
            << entry.instruction;
      }
    }
  }
}

TEST(StoryPreferencesTest, BothAnswersAreRightOrOneIsNearly) {
  std::map<std::string, int> tasks;
  int manners = 0;
  for (const InstructionEntry& entry : StoryPreferences(9, TaskPart::kTrain, 400)) {
    const std::string chosen = entry.Extra("chosen"), rejected = entry.Extra("rejected");
    EXPECT_EQ(chosen, entry.output);
    EXPECT_NE(chosen, rejected);
    EXPECT_FALSE(rejected.empty());
    if (entry.Extra("prefers") == "manners") {
      ++manners;
      const bool said = chosen.find(rejected) != std::string::npos ||
                        Lower(chosen).find(rejected) != std::string::npos;
      EXPECT_TRUE(said) << chosen << " / " << rejected;
      EXPECT_EQ(chosen.back(), '.');
      EXPECT_NE(rejected.back(), '.');
      continue;
    }
    ++tasks[entry.task];
    EXPECT_EQ(chosen.back() == '.', rejected.back() == '.') << chosen << " / " << rejected;
    if (entry.task == "sort" || entry.task == "reverse") {
      EXPECT_EQ(Bag(chosen), Bag(entry.input));
      EXPECT_EQ(Bag(rejected), Bag(entry.input));
    }
    if (entry.task == "category" || entry.task == "either-or") {  // one of the two that were named
      const std::string wrong =
          entry.task == "category"
              ? rejected
              : rejected.substr(rejected.rfind(' ') + 1, rejected.size() - rejected.rfind(' ') - 2);
      EXPECT_NE(entry.instruction.find(wrong), std::string::npos) << rejected;
    }
  }
  EXPECT_EQ(manners, 200);
  EXPECT_EQ(tasks.size(), StoryTasks().size());
}

TEST(ShippedPreferencesTest, AreWhatTheGeneratorMakes) {
  EXPECT_EQ(InstructionsToJson(ShippedPreferences()),
            InstructionsToJson(StoryPreferenceSet(123, 1000)));
}

TEST(ShippedPreferencesTest, PartsShareNoRequest) {
  const InstructionSplit split = SplitInstructions(ShippedPreferences());
  ASSERT_EQ(split.train.size(), 850u);
  std::set<std::string> known;
  for (const InstructionEntry& entry : split.train) {
    EXPECT_TRUE(known.insert(Key(entry)).second) << Key(entry);
    EXPECT_EQ(PartOf(entry), TaskPart::kTrain);
  }
  for (const auto* part : {&split.test, &split.val}) {
    for (const InstructionEntry& entry : *part) {
      EXPECT_TRUE(known.insert(Key(entry)).second) << Key(entry);
      EXPECT_EQ(PartOf(entry), TaskPart::kHeldOut);
    }
  }
}

}  // namespace
}  // namespace gokart
