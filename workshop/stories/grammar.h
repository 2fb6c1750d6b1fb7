// A story grammar: words, facts and weighted sentences, from which texts are drawn.
//
//   absl::StatusOr<Grammar> grammar = ReadGrammar(R"(
//     list name (name they)
//       Mia/she Tom/he
//     list color (color)
//       red blue green
//     fact hero = name
//     fact color = color
//     rule story
//       3: {Hero} had a {color} hat. {Hero.they} liked {color}.
//       1: {Hero} had no hat.
//   )");
//
// draws, for example, "Mia had a green hat. She liked green." A text is written from left to right.
// A choice is made exactly where the text shows it: which alternative of a rule to follow (in
// proportion to its weight), and which word a fact is, where the fact is mentioned first (every
// word of its list equally likely); later mentions repeat it. So the chance of a text is a product
// over its choices, and the entropy of the grammar is a sum over them (entropy.h).
//
// A file has blocks, in this order, and comments (lines that start with #):
//
//   list NAME (FORM FORM ...)          words, each with all its forms between slashes and _ for a
//     [GROUP] A/B C/D                  space; a group in brackets, up to the next bracket, is for
//                                      facts drawn `of` another
//   fact NAME = LIST                   a word of the list
//   fact NAME = LIST except FACT       another word than FACT, which is of the same list
//   fact NAME = LIST of FACT.FORM      a word of the group that FACT's form names
//   rule NAME                          alternatives; the first rule is where a text starts
//     WEIGHT: text {fact} {Fact.form} {rule}
//
// {fact} is the word's first form, {fact.form} another, {Fact} the same with a capital letter.
#ifndef GOKART_WORKSHOP_STORIES_GRAMMAR_H_
#define GOKART_WORKSHOP_STORIES_GRAMMAR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart {

/// A word in all its forms: {"Mia", "she"}.
struct Word {
  std::vector<std::string> forms;        ///< in the order of WordList::forms
  std::vector<std::string> capitalized;  ///< the same with a capital first letter
  int group = 0;                         ///< index into WordList::groups
};

/// A `list` block.
struct WordList {
  std::string name;
  std::vector<std::string> forms;   ///< names of the forms
  std::vector<std::string> groups;  ///< labels; a single empty one when the list has no groups
  std::vector<Word> words;          ///< group after group, all groups of one size
  int group_size = 0;

  /// Index of a form by its name, or -1.
  int Form(std::string_view form) const;
};

/// A `fact` line.
struct Fact {
  std::string name;
  int list = 0;
  int except = -1;    ///< the fact, declared earlier, whose word this one must not be
  int of = -1;        ///< the fact, declared earlier, that names the group
  int of_form = -1;   ///< by this form
  int num_words = 0;  ///< how many words it is drawn from, whatever the other facts are

  /// The fact that must be drawn before this one, or -1.
  int Parent() const { return except >= 0 ? except : of; }
};

/// A part of an alternative.
struct Piece {
  enum class Kind { kText, kMention, kRule };
  Kind kind = Kind::kText;
  std::string text;      ///< kText
  int index = -1;        ///< kMention: the fact; kRule: the rule
  int form = 0;          ///< kMention: index into WordList::forms
  bool capital = false;  ///< kMention
};

/// One line under a `rule`.
struct Alternative {
  int weight = 0;
  double log_probability = 0;  ///< log(weight / sum of the rule's weights)
  std::vector<Piece> pieces;
};

/// A `rule` block.
struct Rule {
  std::string name;
  int total_weight = 0;
  std::vector<Alternative> alternatives;
};

/// Values of facts while a text is written or read: indices into WordList::words, kUndrawn before.
using FactValues = std::vector<int16_t>;
inline constexpr int16_t kUndrawn = -1;

/// A place of a text where a fact is mentioned.
struct Mention {
  int fact = 0;
  int form = 0;      ///< in which form: index into WordList::forms
  size_t begin = 0;  ///< offset of its first character
  size_t size = 0;
};

/// A grammar that ReadGrammar has checked: every name is known, no rule leads back to itself, and
/// the words that a fact is drawn from are equally many whatever the facts before it are.
struct Grammar {
  std::vector<WordList> lists;
  std::vector<Fact> facts;
  std::vector<Rule> rules;  ///< rules[0] is the start

  /// Index by name, or -1.
  int FindList(std::string_view name) const;
  int FindFact(std::string_view name) const;
  int FindRule(std::string_view name) const;

  const WordList& ListOf(int fact) const { return lists[facts[fact].list]; }

  /// What `mention` says when its fact is word number `word`.
  const std::string& Say(const Piece& mention, int word) const;

  /// Whether the form differs between any two words that the fact may be: in its list, or
  /// in its group when another fact (which has to be shown elsewhere) names the group.
  bool TellsApart(int fact, int form) const;

  /// The fact to draw next so that `fact` can be mentioned: the farthest undrawn one on the chain
  /// of its parents, or itself, or -1 when it is drawn already.
  int NextToDraw(int fact, const FactValues& values) const;

  /// Word number `i` of the facts[fact].num_words that `fact` may be, given the values of its
  /// parents.
  int16_t Candidate(int fact, int i, const FactValues& values) const;

  FactValues NothingDrawn() const { return FactValues(facts.size(), kUndrawn); }
};

/// Reads a grammar from its text. An error names the line, what was expected and what was found.
absl::StatusOr<Grammar> ReadGrammar(std::string_view source);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_STORIES_GRAMMAR_H_
