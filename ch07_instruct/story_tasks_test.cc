#include "ch07_instruct/story_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "ch07_instruct/answer_scores.h"
#include "ch07_instruct/shipped_instructions.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

std::string Key(const InstructionEntry& e) { return e.instruction + "\n" + e.input; }

size_t TaskNumber(const std::string& name) {
  for (size_t i = 0; i < StoryTasks().size(); ++i) {
    if (StoryTasks()[i].name == name) return i;
  }
  ADD_FAILURE() << "no task " << name;
  return 0;
}

std::vector<InstructionEntry> Draw(const std::string& task, int count,
                                   TaskPart part = TaskPart::kTrain) {
  TaskGenerator generator(7, part);
  std::vector<InstructionEntry> entries;
  for (int i = 0; i < count; ++i) entries.push_back(generator.Next(TaskNumber(task)));
  return entries;
}

std::vector<std::string> Items(const std::string& list) {
  std::vector<std::string> items;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(", ", begin), list.size());
    items.push_back(list.substr(begin, end - begin));
    begin = end + 2;
  }
  return items;
}

std::string WordAfter(const std::string& text, const std::string& before) {
  const size_t at = text.find(before);
  if (at == std::string::npos) return "";
  const size_t begin = at + before.size();
  return text.substr(begin, text.find_first_of(" .,!?", begin) - begin);
}

const std::map<std::string, int>& Values() {
  static const auto& values = *new std::map<std::string, int>{
      {"one", 1}, {"two", 2},   {"three", 3}, {"four", 4}, {"five", 5},
      {"six", 6}, {"seven", 7}, {"eight", 8}, {"nine", 9}};
  return values;
}

TEST(StoryTasksTest, TheSameSeedGivesTheSameEntries) {
  TaskGenerator a(5, TaskPart::kTrain), b(5, TaskPart::kTrain), c(6, TaskPart::kTrain);
  int differences = 0;
  for (int i = 0; i < 50; ++i) {
    const InstructionEntry entry = a.Next();
    EXPECT_EQ(entry, b.Next());
    differences += !(entry == c.Next());
  }
  EXPECT_GT(differences, 40);
}

TEST(StoryTasksTest, AnswersAreCorrectByTheirOwnCheck) {
  for (const StoryTask& task : StoryTasks()) {
    for (const InstructionEntry& entry : Draw(task.name, 30)) {
      EXPECT_TRUE(IsCorrect(entry, entry.output)) << task.name << ": " << Key(entry);
      EXPECT_EQ(entry.task, task.name);
    }
  }
}

TEST(StoryTasksTest, NoRequestIsInBothParts) {
  std::set<std::string> train;
  for (const StoryTask& task : StoryTasks()) {
    for (const InstructionEntry& entry : Draw(task.name, 300)) train.insert(Key(entry));
    for (const InstructionEntry& entry : Draw(task.name, 60, TaskPart::kHeldOut)) {
      EXPECT_FALSE(train.contains(Key(entry))) << Key(entry);
    }
  }
}

// Words that training never shows in a task.
TEST(StoryTasksTest, WordsAreHeldOut) {
  const auto words_of = [](const std::string& task, TaskPart part) {
    std::set<std::string> words;
    for (const InstructionEntry& e : Draw(task, 400, part)) {
      if (task == "category") words.insert(WordAfter(e.instruction, "Is "));
      if (task == "pronoun") words.insert(e.input.substr(0, e.input.find(' ')));
      if (task == "plural") {
        words.insert(WordAfter(e.input + e.instruction, e.input.empty() ? "of " : "one "));
      }
    }
    return words;
  };
  for (const char* task : {"category", "pronoun", "plural"}) {
    const std::set<std::string> train = words_of(task, TaskPart::kTrain);
    const std::set<std::string> held_out = words_of(task, TaskPart::kHeldOut);
    EXPECT_GE(held_out.size(), 4) << task;
    for (const std::string& word : held_out) EXPECT_FALSE(train.contains(word)) << word;
  }
}

TEST(StoryTasksTest, Opposites) {
  const std::map<std::string, std::string> some = {{"big", "small"}, {"small", "big"},
                                                   {"sad", "happy"}, {"happy", "sad"},
                                                   {"new", "old"},   {"brave", "fearful"}};
  int seen = 0;
  for (const InstructionEntry& e : Draw("opposite", 400)) {
    const std::string word =
        e.input.empty() ? WordAfter(e.instruction, "opposite of ") : WordAfter(e.input, " was ");
    if (!some.contains(word)) continue;
    ++seen;
    EXPECT_EQ(e.input.empty() ? e.output : WordAfter(e.output, " was "), some.at(word));
  }
  EXPECT_GT(seen, 40);
}

TEST(StoryTasksTest, PluralsAndPast) {
  const std::map<std::string, std::string> plurals = {
      {"mouse", "mice"}, {"lamp", "lamps"}, {"box", "boxes"}, {"leaf", "leaves"}};
  for (const InstructionEntry& e : Draw("plural", 300)) {
    if (e.input.empty()) continue;
    const std::string noun = WordAfter(e.input, "one ");
    const std::string number = WordAfter(e.instruction, "with ");
    EXPECT_TRUE(Values().contains(number));
    if (plurals.contains(noun)) {
      EXPECT_THAT(e.output, HasSubstr(" found " + number + " " + plurals.at(noun) + "."));
    }
  }
  const std::map<std::string, std::string> past = {
      {"swim", "swam"}, {"write", "wrote"}, {"bake", "baked"}, {"dig", "dug"}};
  for (const InstructionEntry& e : Draw("past", 300)) {
    if (e.input.empty()) continue;
    std::istringstream words(e.input);
    std::string first, join, second, verb;
    words >> first >> join >> second >> verb;
    EXPECT_NE(first, second);
    if (past.contains(verb)) {
      EXPECT_THAT(e.output, HasSubstr(second + " " + past.at(verb) + " "));
    }
  }
}

TEST(StoryTasksTest, Lists) {
  for (const InstructionEntry& e : Draw("count", 100)) {
    EXPECT_EQ(Values().at(e.output), static_cast<int>(Items(e.input).size()));
  }
  for (const InstructionEntry& e : Draw("sort", 100)) {
    std::vector<std::string> items = Items(e.input);
    std::ranges::sort(items,
                      [](const auto& a, const auto& b) { return Values().at(a) < Values().at(b); });
    if (e.instruction != "Sort the numbers.") std::ranges::reverse(items);
    EXPECT_EQ(Items(e.output), items) << e.instruction;
  }
  for (const InstructionEntry& e : Draw("reverse", 100)) {
    std::vector<std::string> items = Items(e.input);
    std::ranges::reverse(items);
    EXPECT_EQ(Items(e.output), items);
  }
  for (const InstructionEntry& e : Draw("pick", 100)) {
    const std::vector<std::string> items = Items(e.input);
    const std::string after = WordAfter(e.instruction, "comes after ");
    if (e.instruction == "What comes first?") {
      EXPECT_EQ(e.output, items.front());
    } else if (e.instruction == "What comes last?") {
      EXPECT_EQ(e.output, items.back());
    } else {
      EXPECT_EQ(e.output, *(std::ranges::find(items, after) + 1));
    }
  }
}

TEST(StoryTasksTest, SentencesAreRewritten) {
  for (const InstructionEntry& e : Draw("passive", 50)) {
    const std::string name = e.input.substr(0, e.input.find(' '));
    EXPECT_TRUE(e.output.ends_with(" by " + name + ".")) << e.output;
    EXPECT_THAT(e.output, HasSubstr(e.input.substr(e.input.find("the ") + 4,
                                                   e.input.size() - e.input.find("the ") - 5)));
  }
  for (const InstructionEntry& e : Draw("rename", 100)) {
    const std::string name = WordAfter(e.instruction, "about ");
    EXPECT_EQ(e.output.substr(0, e.output.find(' ')), name);
    const bool she = std::set<std::string>{"Anna", "Mia", "Bella", "Daisy"}.contains(name);
    const bool he = std::set<std::string>{"Tom", "Ben", "Otto", "Felix"}.contains(name);
    if (she) {
      EXPECT_THAT(e.output, HasSubstr(" her "));
    }
    if (he) {
      EXPECT_THAT(e.output, HasSubstr(" his "));
    }
  }
}

TEST(StoryTasksTest, AnswersAboutStoriesStandInTheStory) {
  for (const InstructionEntry& e : Draw("color", 60)) {
    const std::string object = WordAfter(e.instruction, "was the ");
    EXPECT_TRUE(e.input.find(e.output + " " + object) != std::string::npos ||
                e.input.find("It was " + e.output + ".") != std::string::npos)
        << e.input << e.output;
  }
  for (const InstructionEntry& e : Draw("where", 60)) EXPECT_THAT(e.input, HasSubstr(e.output));
  for (const InstructionEntry& e : Draw("how-many", 60)) {
    EXPECT_THAT(e.input, HasSubstr(e.output + " " + WordAfter(e.instruction, "How many ")));
  }
  for (const InstructionEntry& e : Draw("either-or", 100)) {
    EXPECT_THAT(e.input, HasSubstr(" " + e.output));
    const size_t begin = e.instruction.find(" or ");
    const std::string second = e.instruction.substr(begin + 4, e.instruction.size() - begin - 5);
    const size_t space = e.instruction.rfind(' ', begin - 1);
    const std::string first = e.instruction.substr(space + 1, begin - space - 1);
    EXPECT_NE(first, second);
    EXPECT_TRUE(e.output == first || e.output == second) << e.instruction;
  }
}

// What ships is what `make-data` writes, and its split is the generator's.
TEST(ShippedInstructionsTest, AreTheGeneratorsAndHeldOutPartsAreHeldOut) {
  EXPECT_EQ(InstructionsToJson(ShippedInstructions()),
            InstructionsToJson(StoryInstructions(123, 2000)));
  const InstructionSplit split = SplitInstructions(ShippedInstructions());
  EXPECT_EQ(split.train.size(), 1700);
  std::set<std::string> train, tasks;
  for (const InstructionEntry& entry : split.train) EXPECT_TRUE(train.insert(Key(entry)).second);
  for (const auto* part : {&split.test, &split.val}) {
    for (const InstructionEntry& entry : *part) {
      EXPECT_FALSE(train.contains(Key(entry))) << Key(entry);
      EXPECT_EQ(PartOf(entry), TaskPart::kHeldOut);
      tasks.insert(entry.task);
    }
  }
  EXPECT_EQ(tasks.size(), StoryTasks().size());
}

}  // namespace
}  // namespace gokart
