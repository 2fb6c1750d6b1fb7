// Tasks about single words: opposites, plurals, past tense, kinds of words.
#include "absl/strings/str_cat.h"
#include "ch07_instruct/task_families.h"
#include "workshop/stories/lexicon.h"

namespace gokart {
namespace {

struct Pair {
  std::string from, to;
};

// Each word that has exactly one opposite: "rude" is that of "friendly" and of "polite".
const std::vector<Pair>& OppositePairs() {
  static const auto& pairs = *[] {
    auto* all = new std::vector<Pair>();
    for (const Opposites& o : StoryLexicon().opposites) {
      all->push_back({o.word, o.opposite});
      if (o.opposite != "rude") all->push_back({o.opposite, o.word});
    }
    return all;
  }();
  return pairs;
}

// Nouns of one part. Only those that take an s are kept back: nothing tells the plural of a mouse
// but to have read it.
std::vector<Noun> NounsFor(TaskPart part) {
  std::vector<Noun> nouns;
  for (const Noun& noun : StoryLexicon().nouns) {
    const bool regular = noun.plural == noun.singular + "s";
    const bool held_out = regular && IsHeldOutWord("plural", noun.singular);
    if (held_out == (part == TaskPart::kHeldOut)) nouns.push_back(noun);
  }
  return nouns;
}

struct Category {
  std::string name;  // "a color"
  std::vector<std::string> words;
};

std::vector<Category> MakeCategories() {
  const Lexicon& lexicon = StoryLexicon();
  Category names = {"a name", {}}, places = {"a place", {}}, numbers = {"a number", {}};
  for (const Person& person : lexicon.people) names.words.push_back(person.name);
  for (const Place& place : lexicon.places) places.words.push_back(place.name);
  for (const Number& number : lexicon.numbers) numbers.words.push_back(number.word);
  return {names,
          places,
          numbers,
          {"a color", lexicon.colors},
          {"a food", lexicon.foods},
          {"the weather", lexicon.weather}};
}

}  // namespace

InstructionEntry DrawOpposite(TaskPart, Uniform& uniform) {
  const Pair& pair = Pick(OppositePairs(), uniform);
  if (uniform.Below(4) == 0) {
    return {.instruction = absl::StrCat("What is the opposite of ", pair.from, "?"),
            .output = pair.to};
  }
  const std::string& name = Pick(StoryLexicon().people, uniform).name;
  return {.instruction = "Write the opposite.",
          .input = absl::StrCat(name, " was ", pair.from, "."),
          .output = absl::StrCat(name, " was ", pair.to, ".")};
}

InstructionEntry DrawPlural(TaskPart part, Uniform& uniform) {
  const Noun noun = Pick(NounsFor(part), uniform);
  if (uniform.Below(3) == 0) {
    return {.instruction = absl::StrCat("What is the plural of ", noun.singular, "?"),
            .output = noun.plural};
  }
  const std::string& number = StoryLexicon().numbers[1 + uniform.Below(8)].word;
  const std::string& name = Pick(StoryLexicon().people, uniform).name;
  return {.instruction = absl::StrCat("Write it with ", number, "."),
          .input = absl::StrCat(name, " found one ", noun.singular, "."),
          .output = absl::StrCat(name, " found ", number, " ", noun.plural, ".")};
}

InstructionEntry DrawPast(TaskPart, Uniform& uniform) {
  const Verb& verb = Pick(StoryLexicon().verbs, uniform);
  if (uniform.Below(5) == 0) {
    return {.instruction = absl::StrCat("What is the past of ", verb.present, "?"),
            .output = verb.past};
  }
  const Place& place = Pick(StoryLexicon().places, uniform);
  const std::vector<Person> two = PickSome(StoryLexicon().people, 2, uniform);
  const std::string who = absl::StrCat(two[0].name, " and ", two[1].name);
  const std::string where = absl::StrCat(place.preposition, " the ", place.name);
  return {.instruction = "Write it in the past.",
          .input = absl::StrCat(who, " ", verb.present, " ", where, "."),
          .output = absl::StrCat(who, " ", verb.past, " ", where, ".")};
}

InstructionEntry DrawCategory(TaskPart part, Uniform& uniform) {
  static const auto& categories = *new std::vector<Category>(MakeCategories());
  const size_t right = uniform.Below(categories.size());
  size_t wrong = uniform.Below(categories.size() - 1);
  wrong += wrong >= right;
  const std::vector<std::string> words = WordsFor("category", categories[right].words, part);
  const bool right_first = uniform.Below(2) == 0;
  const std::string& first = categories[right_first ? right : wrong].name;
  const std::string& second = categories[right_first ? wrong : right].name;
  return {.instruction = absl::StrCat("Is ", Pick(words, uniform), " ", first, " or ", second, "?"),
          .output = categories[right].name};
}

}  // namespace gokart
