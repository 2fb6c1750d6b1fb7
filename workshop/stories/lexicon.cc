#include "workshop/stories/lexicon.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "workshop/stories/stories.h"

namespace gokart {
namespace {

const WordList& List(std::string_view name) {
  const int list = StoryGrammar().FindList(name);
  if (list < 0) throw std::logic_error("lexicon: no list '" + std::string(name) + "'");
  return StoryGrammar().lists[list];
}

std::vector<std::string> Column(std::string_view list) {
  std::vector<std::string> words;
  for (const Word& word : List(list).words) words.push_back(word.forms[0]);
  return words;
}

void AddNouns(std::string_view list, bool plural_in_stories, std::vector<Noun>* nouns) {
  for (const Word& word : List(list).words) {
    const auto known = [&](const Noun& noun) { return noun.singular == word.forms[0]; };
    if (std::any_of(nouns->begin(), nouns->end(), known)) continue;  // a kind of both genders
    nouns->push_back({word.forms[0], word.forms[1], plural_in_stories});
  }
}

void AddOpposites(std::string_view list, bool both_in_stories, std::vector<Opposites>* opposites) {
  for (const Word& word : List(list).words) {
    const auto known = [&](const Opposites& pair) { return pair.opposite == word.forms[0]; };
    if (std::any_of(opposites->begin(), opposites->end(), known)) continue;  // small/big
    opposites->push_back({word.forms[0], word.forms[1], both_in_stories});
  }
}

Lexicon MakeLexicon() {
  Lexicon lexicon;
  for (const char* list : {"name", "friend_name"}) {
    for (const Word& word : List(list).words) {
      lexicon.people.push_back({word.forms[0], word.forms[1], word.forms[2], word.forms[3]});
    }
  }
  for (const char* list : {"kind", "object", "spot", "nook", "tool"}) {
    AddNouns(list, false, &lexicon.nouns);
  }
  AddNouns("thing", true, &lexicon.nouns);
  for (const char* list : {"act", "fun"}) {
    for (const Word& word : List(list).words) {
      lexicon.verbs.push_back({word.forms[0], word.forms[1], list == std::string_view("act")});
    }
  }
  AddOpposites("look", true, &lexicon.opposites);
  AddOpposites("mood", true, &lexicon.opposites);
  AddOpposites("trait", false, &lexicon.opposites);
  lexicon.numbers.push_back({"one", 1});
  for (const std::string& word : Column("count")) {
    lexicon.numbers.push_back({word, static_cast<int>(lexicon.numbers.size()) + 1});
  }
  for (const Word& word : List("place").words) {
    const std::string& at = word.forms[1];  // "on the beach"
    lexicon.places.push_back({word.forms[0], at.substr(0, at.find(' '))});
  }
  lexicon.colors = Column("color");
  lexicon.foods = Column("food");
  for (const std::string& sweet : Column("sweet")) lexicon.foods.push_back(sweet);
  lexicon.weather = Column("weather");
  lexicon.givers = Column("giver");
  return lexicon;
}

}  // namespace

const Lexicon& StoryLexicon() {
  static const Lexicon* const lexicon = new Lexicon(MakeLexicon());
  return *lexicon;
}

}  // namespace gokart
