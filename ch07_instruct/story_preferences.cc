#include "ch07_instruct/story_preferences.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "ch07_instruct/answer_scores.h"
#include "ch07_instruct/story_tasks.h"
#include "workshop/stories/lexicon.h"

namespace gokart {
namespace {

constexpr double kTrainShare = 0.85;  // the workshop's split in order
// Draws for another answer to a question of the same form; the rarest form is one in fifty.
constexpr int kTries = 1000;

std::vector<std::string> Words(std::string_view text) {
  return absl::StrSplit(absl::string_view(text.data(), text.size()), ' ');
}

// A form of questions, and of whole sentences that answer them: $1 is the first word that * stood
// for, $A the answer.
struct Form {
  std::string question, sentence;
};

const std::vector<Form>& Forms() {
  static const auto& forms =
      *new std::vector<Form>{{"Who was the friend?", "the friend was $A."},
                             {"Who is the story about?", "the story is about $A."},
                             {"Who gave * the *?", "$A gave $1 the $2."},
                             {"Who was *?", "$1 was $A."},
                             {"What did * get?", "$1 got $A."},
                             {"What did * like to do?", "$1 liked to $A."},
                             {"What did they eat?", "they ate $A."},
                             {"What broke?", "$A broke."},
                             {"What was too short?", "$A was too short."},
                             {"What was lost?", "$A was lost."},
                             {"Where did * live?", "$1 lived $A."},
                             {"Where did the * fall?", "the $1 fell $A."},
                             {"Where was the *?", "the $1 was $A."},
                             {"What color was the *?", "the $1 was $A."},
                             {"How many * were there?", "there were $A $1."},
                             {"How was * at the end?", "$1 was $A at the end."},
                             {"How was *?", "$1 was $A."},
                             {"Was the * * or *?", "the $1 was $A."},
                             {"Was * a * or *?", "$1 was a $A."},
                             {"Did * like to * or *?", "$1 liked to $A."}};
  return forms;
}

// The words that the stars of a form stand for; nothing if the question is not of this form.
std::optional<std::vector<std::string>> Stars(const Form& form, std::string_view question) {
  const std::vector<std::string> pattern = Words(form.question), words = Words(question);
  if (pattern.size() != words.size()) return std::nullopt;
  std::vector<std::string> stars;
  for (size_t i = 0; i < words.size(); ++i) {
    if (pattern[i] == "*") {
      stars.push_back(words[i]);
    } else if (pattern[i] == "*?" && words[i].back() == '?') {
      stars.push_back(words[i].substr(0, words[i].size() - 1));
    } else if (pattern[i] != words[i]) {
      return std::nullopt;
    }
  }
  return stars;
}

// The number of the form that a question has; that of no form if it has none.
size_t FormOf(std::string_view question) {
  size_t i = 0;
  while (i < Forms().size() && !Stars(Forms()[i], question)) ++i;
  return i;
}

// A task, its generator, and what near misses are drawn with.
struct Draw {
  TaskGenerator& generator;
  Uniform& uniform;
  size_t task;
};

std::vector<std::string> Items(const std::string& list) { return absl::StrSplit(list, ", "); }

// The text left as it was: the input, or the last word of the question.
std::string Unchanged(const InstructionEntry& entry, const Draw&) {
  if (!entry.input.empty()) return entry.input;
  std::string word = Words(entry.instruction).back();
  word.pop_back();
  return word;
}

// "Is garden a food or a place?": the one that it is not.
std::string OtherChoice(const InstructionEntry& entry, const Draw&) {
  const std::vector<std::string> choices = absl::StrSplit(entry.instruction, " or ");
  std::string second = choices[1].substr(0, choices[1].size() - 1);
  if (second != entry.output) return second;
  std::vector<std::string> first = Words(choices[0]);
  first.erase(first.begin(), first.end() - static_cast<int64_t>(Words(second).size()));
  return absl::StrJoin(first, " ");
}

std::string OffByOne(const InstructionEntry& entry, const Draw& draw) {
  const std::vector<Number>& numbers = StoryLexicon().numbers;
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i].word != entry.output) continue;
    const bool up = i <= 1 || (i + 1 < numbers.size() && draw.uniform.Below(2) == 0);
    return numbers[up ? i + 1 : i - 1].word;
  }
  return "";
}

std::string TwoSwapped(const InstructionEntry& entry, const Draw& draw) {
  std::vector<std::string> items = Items(entry.output);
  const size_t i = draw.uniform.Below(items.size() - 1);
  std::swap(items[i], items[i + 1]);
  return absl::StrJoin(items, ", ");
}

std::string OtherItem(const InstructionEntry& entry, const Draw& draw) {
  return Pick(Items(entry.input), draw.uniform);
}

std::string OtherPronoun(const InstructionEntry& entry, const Draw&) {
  const bool she = entry.output.starts_with("She ");
  return absl::StrCat(she ? "He" : "She", entry.output.substr(she ? 3 : 2));
}

// The first word of the list forgotten: "Mia had a cap."
std::string WordForgotten(const InstructionEntry& entry, const Draw&) {
  return absl::StrReplaceAll(entry.output, {{" " + Items(entry.input)[0], ""}});
}

// The name changed alone, if anything else had to be.
std::string NameAlone(const InstructionEntry& entry, const Draw& draw) {
  const std::string was = Words(entry.input)[0], is = Words(entry.output)[0];
  const std::string text = is + entry.input.substr(was.size());
  return text == entry.output ? Unchanged(entry, draw) : text;
}

// What goes on with another story.
std::string OtherStory(const InstructionEntry&, const Draw& draw) {
  return draw.generator.Next(draw.task).output;
}

// The answer to a question of the same form about another story, as if it were about this one.
std::string OtherFact(const InstructionEntry& entry, const Draw& draw) {
  const size_t form = FormOf(entry.instruction);
  for (int i = 0; i < kTries; ++i) {
    const InstructionEntry other = draw.generator.Next(draw.task);
    if (FormOf(other.instruction) == form && other.output != entry.output) return other.output;
  }
  return entry.output;
}

// A wrong answer that comes easily, for each task.
std::string NearMiss(const InstructionEntry& entry, const Draw& draw) {
  using Miss = std::string (*)(const InstructionEntry&, const Draw&);
  static const auto& misses = *new std::map<std::string, Miss>{
      {"opposite", Unchanged},    {"plural", Unchanged},  {"past", Unchanged},
      {"category", OtherChoice},  {"count", OffByOne},    {"sort", TwoSwapped},
      {"reverse", TwoSwapped},    {"pick", OtherItem},    {"pronoun", OtherPronoun},
      {"rename", NameAlone},      {"passive", Unchanged}, {"sentence", WordForgotten},
      {"either-or", OtherChoice}, {"how-many", OffByOne}, {"continue", OtherStory}};
  const auto miss = misses.find(entry.task);
  return (miss == misses.end() ? OtherFact : miss->second)(entry, draw);
}

// A pair; nothing if no wrong answer came of it, such as of a list of one.
std::optional<InstructionEntry> DrawPair(const Draw& draw, bool manners) {
  InstructionEntry entry = draw.generator.Next(draw.task);
  const std::optional<std::string> sentence = WholeSentence(entry.instruction, entry.output);
  std::string rejected = entry.output;
  if (!manners) {
    rejected = NearMiss(entry, draw);
    if (rejected.empty() || IsCorrect(entry, rejected)) return std::nullopt;
    if (sentence) rejected = *WholeSentence(entry.instruction, rejected);
  }
  if (sentence) entry.output = *sentence;
  entry.extra["chosen"] = entry.output;
  entry.extra["rejected"] = rejected;
  entry.extra["prefers"] = manners ? "manners" : "truth";
  return entry;
}

// Numbers of the tasks that ask about a story.
std::vector<size_t> Questions() {
  std::vector<size_t> questions;
  TaskGenerator generator(1, TaskPart::kTrain);
  for (size_t task = 0; task < StoryTasks().size(); ++task) {
    if (FormOf(generator.Next(task).instruction) < Forms().size()) questions.push_back(task);
  }
  return questions;
}

}  // namespace

std::optional<std::string> WholeSentence(std::string_view question, std::string_view answer) {
  const size_t form = FormOf(question);
  if (form == Forms().size()) return std::nullopt;
  const std::vector<std::string> stars = *Stars(Forms()[form], question);
  std::string sentence = Forms()[form].sentence;
  for (size_t i = 0; i < stars.size(); ++i) {
    absl::StrReplaceAll({{absl::StrCat("$", i + 1), stars[i]}}, &sentence);
  }
  absl::StrReplaceAll({{"$A", std::string(answer)}}, &sentence);
  sentence[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[0])));
  return sentence;
}

std::vector<InstructionEntry> StoryPreferences(uint64_t seed, TaskPart part, size_t count) {
  std::vector<InstructionEntry> entries;
  const std::vector<size_t> questions = Questions();
  TaskGenerator generator(seed, part);
  Uniform uniform(seed);
  std::set<std::string> known;
  for (size_t i = 0, drawn = 0; i < count; ++drawn) {
    const bool manners = i % 2 == 0;
    const size_t turn = drawn / 2;  // both halves go through all tasks
    const size_t task = manners ? questions[turn % questions.size()] : turn % StoryTasks().size();
    std::optional<InstructionEntry> entry = DrawPair({generator, uniform, task}, manners);
    if (!entry || !known.insert(entry->instruction + "\n" + entry->input).second) continue;
    entries.push_back(*std::move(entry));
    ++i;
  }
  return entries;
}

std::vector<InstructionEntry> StoryPreferenceSet(uint64_t seed, size_t count) {
  const auto train = static_cast<size_t>(static_cast<double>(count) * kTrainShare);
  std::vector<InstructionEntry> entries = StoryPreferences(seed, TaskPart::kTrain, train);
  for (InstructionEntry& entry : StoryPreferences(seed + 1, TaskPart::kHeldOut, count - train)) {
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace gokart
