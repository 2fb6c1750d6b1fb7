// Tasks about sentences: rewriting them, and making them from words.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ch07_instruct/task_families.h"
#include "workshop/stories/lexicon.h"

namespace gokart {
namespace {

std::string Capital(std::string word) {
  word[0] = static_cast<char>(word[0] - 'a' + 'A');
  return word;
}

std::string At(const Place& place) { return absl::StrCat(place.preposition, " the ", place.name); }

std::vector<std::string> Objects() {
  std::vector<std::string> objects;
  for (const Noun& noun : StoryLexicon().nouns) objects.push_back(noun.singular);
  return objects;
}

// The colors that "a" goes with, rather than "an".
std::vector<std::string> PlainColors() {
  std::vector<std::string> colors;
  for (const std::string& color : StoryLexicon().colors) {
    if (color != "orange") colors.push_back(color);
  }
  return colors;
}

std::string Animal(Uniform& uniform) {
  return Pick(
      std::vector<std::string>{"bear", "cat", "dog", "duck", "fox", "mouse", "rabbit", "wolf"},
      uniform);
}

// What somebody did, with the verb that the passive voice takes.
struct Deed {
  std::string active, passive;
};

const std::vector<Deed>& Deeds() {
  static const auto& deeds = *new std::vector<Deed>{
      {"found", "found"}, {"lost", "lost"},   {"took", "taken"},    {"shared", "shared"},
      {"saw", "seen"},    {"liked", "liked"}, {"pulled", "pulled"}, {"loved", "loved"}};
  return deeds;
}

std::vector<Person> PeopleFor(std::string_view task, TaskPart part) {
  std::vector<Person> people;
  for (const Person& person : StoryLexicon().people) {
    if (IsHeldOutWord(task, person.name) == (part == TaskPart::kHeldOut)) people.push_back(person);
  }
  return people;
}

// The rest of a sentence about a person: "got a red cap from her aunt."
std::string Predicate(const Person& person, uint64_t which, const std::string& color,
                      const std::string& object, const std::string& giver, const Place& place,
                      const Verb& verb) {
  switch (which) {
    case 0:
      return absl::StrCat("got a ", color, " ", object, " from ", person.their, " ", giver, ".");
    case 1:
      return absl::StrCat("lost ", person.their, " ", color, " ", object, " ", At(place), ".");
    case 2:
      return absl::StrCat("liked to ", verb.present, " with ", person.their, " ", giver, ".");
    default:
      return absl::StrCat("lived ", At(place), " with ", person.their, " ", giver, ".");
  }
}

}  // namespace

InstructionEntry DrawPronoun(TaskPart part, Uniform& uniform) {
  const Person person = Pick(PeopleFor("pronoun", part), uniform);
  const Place& place = Pick(StoryLexicon().places, uniform);
  const Verb& verb = Pick(StoryLexicon().verbs, uniform);
  const std::string rest = uniform.Below(2) == 0
                               ? absl::StrCat(" lived ", At(place), ".")
                               : absl::StrCat(" ", verb.past, " ", At(place), ".");
  return {.instruction = "Write it with he or she.",
          .input = person.name + rest,
          .output = Capital(person.they) + rest};
}

InstructionEntry DrawRename(TaskPart, Uniform& uniform) {
  const std::vector<Person> people = PickSome(StoryLexicon().people, 2, uniform);
  const std::string color = Pick(PlainColors(), uniform), object = Pick(Objects(), uniform);
  const std::string& giver = Pick(StoryLexicon().givers, uniform);
  const Place& place = Pick(StoryLexicon().places, uniform);
  const Verb& verb = StoryLexicon().verbs[uniform.Below(20)];
  const uint64_t which = uniform.Below(4);
  const auto about = [&](const Person& person) {
    return absl::StrCat(person.name, " ",
                        Predicate(person, which, color, object, giver, place, verb));
  };
  return {.instruction = absl::StrCat("Write it about ", people[1].name, "."),
          .input = about(people[0]),
          .output = about(people[1])};
}

InstructionEntry DrawPassive(TaskPart, Uniform& uniform) {
  const Deed& deed = Pick(Deeds(), uniform);
  const std::string& name = Pick(StoryLexicon().people, uniform).name;
  const std::string object =
      absl::StrCat(Pick(StoryLexicon().colors, uniform), " ", Pick(Objects(), uniform));
  return {.instruction = "Write it in the passive voice.",
          .input = absl::StrCat(name, " ", deed.active, " the ", object, "."),
          .output = absl::StrCat("The ", object, " was ", deed.passive, " by ", name, ".")};
}

InstructionEntry DrawSentence(TaskPart, Uniform& uniform) {
  const std::string& name = Pick(StoryLexicon().people, uniform).name;
  if (uniform.Below(2) == 0) {
    const std::string& trait = StoryLexicon().opposites[9 + uniform.Below(11)].word;
    const std::string animal = Animal(uniform);
    return {.instruction = "Make a sentence.",
            .input = absl::StrCat(trait, ", ", animal, ", ", name),
            .output = absl::StrCat(name, " was a ", trait, " ", animal, ".")};
  }
  const std::string color = Pick(PlainColors(), uniform), object = Pick(Objects(), uniform);
  return {.instruction = "Make a sentence.",
          .input = absl::StrCat(color, ", ", object, ", ", name),
          .output = absl::StrCat(name, " had a ", color, " ", object, ".")};
}

}  // namespace gokart
