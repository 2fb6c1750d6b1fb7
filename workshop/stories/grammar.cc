#include "workshop/stories/grammar.h"

#include <set>
#include <utility>

namespace gokart {
namespace {

template <typename Named>
int FindByName(const std::vector<Named>& all, std::string_view name) {
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

int WordList::Form(std::string_view form) const {
  for (size_t i = 0; i < forms.size(); ++i) {
    if (forms[i] == form) return static_cast<int>(i);
  }
  return -1;
}

int Grammar::FindList(std::string_view name) const { return FindByName(lists, name); }
int Grammar::FindFact(std::string_view name) const { return FindByName(facts, name); }
int Grammar::FindRule(std::string_view name) const { return FindByName(rules, name); }

const std::string& Grammar::Say(const Piece& mention, int word) const {
  const Word& said = ListOf(mention.index).words[word];
  return (mention.capital ? said.capitalized : said.forms)[mention.form];
}

bool Grammar::TellsApart(int fact, int form) const {
  std::set<std::pair<int, std::string>> seen;
  const bool grouped = facts[fact].of >= 0;
  for (const Word& word : ListOf(fact).words) {
    if (!seen.emplace(grouped ? word.group : 0, word.forms[form]).second) return false;
  }
  return true;
}

int Grammar::NextToDraw(int fact, const FactValues& values) const {
  if (values[fact] != kUndrawn) return -1;
  while (facts[fact].Parent() >= 0 && values[facts[fact].Parent()] == kUndrawn) {
    fact = facts[fact].Parent();
  }
  return fact;
}

int16_t Grammar::Candidate(int fact, int i, const FactValues& values) const {
  const Fact& f = facts[fact];
  if (f.except >= 0) return static_cast<int16_t>(i < values[f.except] ? i : i + 1);
  if (f.of < 0) return static_cast<int16_t>(i);
  // Words stand group after group, so the group's first word is at its index times the groups'
  // size.
  const WordList& list = lists[f.list];
  const std::string& label = ListOf(f.of).words[values[f.of]].forms[f.of_form];
  int group = 0;
  while (list.groups[group] != label) ++group;
  return static_cast<int16_t>(group * list.group_size + i);
}

}  // namespace gokart
