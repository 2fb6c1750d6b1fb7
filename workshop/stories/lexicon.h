// The words of the story world with their grammar: what later chapters make tasks of (plurals, past
// tense, opposites, counting, sorting).
//
//   for (const Verb& verb : StoryLexicon().verbs) Ask("past tense of " + verb.present, verb.past);
//
// Everything comes from the lists of story_grammar.txt, so a model that was trained on the stories
// has read every form but some plurals and opposites, which are marked.
#ifndef GOKART_WORKSHOP_STORIES_LEXICON_H_
#define GOKART_WORKSHOP_STORIES_LEXICON_H_

#include <string>
#include <vector>

namespace gokart {

struct Noun {
  std::string singular, plural;
  bool plural_in_stories =
      false;  ///< only the things that are counted have their plural in stories
};

struct Verb {
  std::string present, past;
  bool present_in_stories = false;  ///< what heroes like to do; other verbs occur in the past only
};

/// Each pair once, in the order of the grammar: {"big", "small"}, but not {"small", "big"} too.
struct Opposites {
  std::string word, opposite;
  bool both_in_stories = false;  ///< traits have an opposite that stories never mention
};

struct Number {
  std::string word;
  int value = 0;
};

struct Person {
  std::string name, they, them, their;  ///< "Mia", "she", "her", "her"
};

struct Place {
  std::string name, preposition;  ///< "beach", "on"
};

struct Lexicon {
  std::vector<Person> people;
  std::vector<Noun> nouns;  ///< kinds, objects, things, spots and tools; no noun twice
  std::vector<Verb> verbs;
  std::vector<Opposites> opposites;  ///< looks, moods and traits
  std::vector<Number> numbers;       ///< one to nine
  std::vector<Place> places;
  std::vector<std::string> colors, foods, weather, givers;
};

const Lexicon& StoryLexicon();

}  // namespace gokart

#endif  // GOKART_WORKSHOP_STORIES_LEXICON_H_
