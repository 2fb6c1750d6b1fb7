// Tasks about lists of words: counting, sorting, turning around, picking one.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ch07_instruct/task_families.h"
#include "workshop/stories/lexicon.h"

namespace gokart {
namespace {

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const Person& person : StoryLexicon().people) names.push_back(person.name);
  return names;
}

// Words of one kind, with what they are called.
struct Kind {
  std::string many;
  std::vector<std::string> words;
};

const std::vector<Kind>& Kinds() {
  static const auto& kinds = *new std::vector<Kind>{
      {"names", Names()}, {"colors", StoryLexicon().colors}, {"foods", StoryLexicon().foods}};
  return kinds;
}

std::string List(const std::vector<std::string>& words) { return absl::StrJoin(words, ", "); }

}  // namespace

InstructionEntry DrawCount(TaskPart, Uniform& uniform) {
  const Kind& kind = Pick(Kinds(), uniform);
  const size_t count = 1 + uniform.Below(9);
  return {.instruction = absl::StrCat("How many ", kind.many, "?"),
          .input = List(PickSome(kind.words, count, uniform)),
          .output = StoryLexicon().numbers[count - 1].word};
}

InstructionEntry DrawSort(TaskPart, Uniform& uniform) {
  std::vector<Number> numbers = PickSome(StoryLexicon().numbers, 3 + uniform.Below(2), uniform);
  const auto word = [](std::string* out, const Number& number) { out->append(number.word); };
  const std::string input = absl::StrJoin(numbers, ", ", word);
  const bool up = uniform.Below(2) == 0;
  std::sort(numbers.begin(), numbers.end(), [&](const Number& a, const Number& b) {
    return up ? a.value < b.value : a.value > b.value;
  });
  return {.instruction = up ? "Sort the numbers." : "Sort the numbers, the big ones first.",
          .input = input,
          .output = absl::StrJoin(numbers, ", ", word)};
}

InstructionEntry DrawReverse(TaskPart, Uniform& uniform) {
  std::vector<std::string> words =
      PickSome(Pick(Kinds(), uniform).words, 2 + uniform.Below(4), uniform);
  const std::string input = List(words);
  std::reverse(words.begin(), words.end());
  return {.instruction = "Turn the list around.", .input = input, .output = List(words)};
}

InstructionEntry DrawPick(TaskPart, Uniform& uniform) {
  const Kind& kind = Pick(Kinds(), uniform);
  const std::vector<std::string> words = PickSome(kind.words, 3 + uniform.Below(4), uniform);
  switch (uniform.Below(3)) {
    case 0:
      return {.instruction = "What comes first?", .input = List(words), .output = words.front()};
    case 1:
      return {.instruction = "What comes last?", .input = List(words), .output = words.back()};
    default: {
      const size_t i = uniform.Below(words.size() - 1);
      return {.instruction = absl::StrCat("What comes after ", words[i], "?"),
              .input = List(words),
              .output = words[i + 1]};
    }
  }
}

}  // namespace gokart
