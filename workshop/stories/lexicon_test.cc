#include "workshop/stories/lexicon.h"

#include <algorithm>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "workshop/stories/stories.h"

namespace gokart {
namespace {

template <typename Item, typename Key>
const Item* Find(const std::vector<Item>& items, const std::string& key, Key Item::*member) {
  const auto it = std::find_if(items.begin(), items.end(),
                               [&](const Item& item) { return item.*member == key; });
  return it == items.end() ? nullptr : &*it;
}

TEST(LexiconTest, KnowsTheGrammarOfItsWords) {
  const Lexicon& lexicon = StoryLexicon();
  const std::pair<const char*, const char*> plurals[] = {{"mouse", "mice"},
                                                         {"leaf", "leaves"},
                                                         {"berry", "berries"},
                                                         {"fox", "foxes"},
                                                         {"pony", "ponies"}};
  for (const auto& [one, many] : plurals) {
    ASSERT_NE(Find(lexicon.nouns, one, &Noun::singular), nullptr) << one;
    EXPECT_EQ(Find(lexicon.nouns, one, &Noun::singular)->plural, many);
  }
  EXPECT_EQ(Find(lexicon.verbs, "swim", &Verb::present)->past, "swam");
  EXPECT_EQ(Find(lexicon.verbs, "dance", &Verb::present)->past, "danced");
  EXPECT_EQ(Find(lexicon.opposites, "big", &Opposites::word)->opposite, "small");
  EXPECT_EQ(Find(lexicon.opposites, "small", &Opposites::word), nullptr) << "one pair, not two";
  EXPECT_EQ(Find(lexicon.people, "Tom", &Person::name)->them, "him");
  EXPECT_EQ(Find(lexicon.places, "beach", &Place::name)->preposition, "on");
  ASSERT_EQ(lexicon.numbers.size(), 9u);
  for (int n = 1; n <= 9; ++n) EXPECT_EQ(lexicon.numbers[n - 1].value, n);
  EXPECT_EQ(lexicon.numbers[6].word, "seven");
}

TEST(LexiconTest, HasEachWordOnce) {
  std::set<std::string> nouns, verbs;
  for (const Noun& noun : StoryLexicon().nouns) EXPECT_TRUE(nouns.insert(noun.singular).second);
  for (const Verb& verb : StoryLexicon().verbs) EXPECT_TRUE(verbs.insert(verb.present).second);
  EXPECT_GT(nouns.size(), 60u);
  EXPECT_GT(verbs.size(), 15u);
}

TEST(LexiconTest, StoriesUseItsWords) {
  std::string text;
  for (char c : StoryStream(1, 3000000)) text += std::isalpha(c) ? c : ' ';
  std::set<std::string> used;
  size_t begin = 0;
  for (size_t end; (end = text.find(' ', begin)) != std::string::npos; begin = end + 1) {
    used.insert(text.substr(begin, end - begin));
  }
  const Lexicon& lexicon = StoryLexicon();
  for (const Noun& noun : lexicon.nouns) {
    EXPECT_TRUE(used.count(noun.singular)) << noun.singular;
    if (noun.plural_in_stories) {
      EXPECT_TRUE(used.count(noun.plural)) << noun.plural;
    }
  }
  for (const Verb& verb : lexicon.verbs) {
    if (verb.present_in_stories) {
      EXPECT_TRUE(used.count(verb.present)) << verb.present;
    }
    EXPECT_TRUE(used.count(verb.past)) << verb.past;
  }
  for (const Opposites& pair : lexicon.opposites) {
    EXPECT_TRUE(used.count(pair.word)) << pair.word;
    if (pair.both_in_stories) {
      EXPECT_TRUE(used.count(pair.opposite)) << pair.opposite;
    }
  }
  for (const auto* words : {&lexicon.colors, &lexicon.foods, &lexicon.weather, &lexicon.givers}) {
    for (const std::string& word : *words) EXPECT_TRUE(used.count(word)) << word;
  }
}

}  // namespace
}  // namespace gokart
