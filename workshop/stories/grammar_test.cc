// The engine for story grammars, on grammars so small that everything can be worked out by hand.
#include "workshop/stories/grammar.h"

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "workshop/stories/entropy.h"
#include "workshop/stories/match.h"
#include "workshop/stories/sampler.h"

namespace gokart {
namespace {

using testing::HasSubstr;

Grammar Read(const std::string& source) {
  absl::StatusOr<Grammar> grammar = ReadGrammar(source);
  EXPECT_TRUE(grammar.ok()) << grammar.status();
  return grammar.ok() ? *grammar : Grammar{};
}

// Two people, three colors; the color matters in three of four stories.
constexpr char kHats[] = R"(
# A comment.
list name (name they)
  Mia/she Tom/he
list color (color)
  red blue
  green
fact hero = name
fact color = color
rule story
  3: {Hero} had a {color} hat. {Hero.they} liked {color}.
  1: {end}
rule end
  1: {Hero} had no hat.
)";

std::map<std::string, double> AllHatTexts() {
  std::map<std::string, double> texts;
  const std::vector<std::pair<std::string, std::string>> people = {{"Mia", "She"}, {"Tom", "He"}};
  for (const auto& [name, they] : people) {
    texts[name + " had no hat."] = 0.25 / 2;
    for (const std::string color : {"red", "blue", "green"}) {
      texts[name + " had a " + color + " hat. " + they + " liked " + color + "."] = 0.75 / 6;
    }
  }
  return texts;
}

TEST(MatchTest, ChancesOfAllTextsSumToOne) {
  const Grammar grammar = Read(kHats);
  double sum = 0;
  for (const auto& [text, probability] : AllHatTexts()) {
    const TextMatch match = Match(grammar, text);
    EXPECT_TRUE(match.complete) << text;
    EXPECT_EQ(match.derivations, 1) << text;
    EXPECT_NEAR(match.log_probability, std::log(probability), 1e-14) << text;
    sum += std::exp(match.log_probability);
  }
  EXPECT_NEAR(sum, 1.0, 1e-14);
}

TEST(MatchTest, ChancesOfWhatComesNextSumToOne) {
  const Grammar grammar = Read(kHats);
  // "Mia had a": with 3/4 a hat has come, of three colors. "Mia had ": half of everything.
  EXPECT_NEAR(Match(grammar, "").prefix_log_probability, 0.0, 1e-14);
  EXPECT_NEAR(std::exp(Match(grammar, "Mia had ").prefix_log_probability), 0.5, 1e-14);
  EXPECT_NEAR(std::exp(Match(grammar, "Mia had a ").prefix_log_probability), 0.375, 1e-14);
  EXPECT_NEAR(std::exp(Match(grammar, "Mia had a b").prefix_log_probability), 0.125, 1e-14);
  EXPECT_NEAR(std::exp(Match(grammar, "Mia had n").prefix_log_probability), 0.125, 1e-14);
  const TextMatch beginning = Match(grammar, "Mia had a b");
  EXPECT_TRUE(beginning.prefix);
  EXPECT_FALSE(beginning.complete);
  EXPECT_EQ(beginning.log_probability, -std::numeric_limits<double>::infinity());
}

TEST(MatchTest, SaysWhereATextLeavesTheGrammar) {
  const Grammar grammar = Read(kHats);
  struct Case {
    std::string text, expected;
    size_t position;
  };
  for (const Case& c : std::vector<Case>{
           {"Mia had a red hat. He liked red.", "'She' (hero)", 19},     // agreement
           {"Mia had a red hat. She liked blue.", "'red' (color)", 29},  // memory
           {"Tom had a red cap.", "' hat. '", 14},
           {"Bob had a red hat.", "'Mia' (hero) or 'Tom' (hero)", 0},
           {"Tom had no hat. ", "the end", 15},
           {"Tom has no hat.", "' had a ' or ' had no hat.'", 6},
       }) {
    const TextMatch match = Match(grammar, c.text);
    EXPECT_FALSE(match.complete || match.prefix) << c.text;
    EXPECT_EQ(match.position, c.position) << c.text;
    if (c.position != 14 && c.position != 6) {
      EXPECT_EQ(match.expected, c.expected) << c.text;
    }
  }
}

TEST(MemorySlipsTest, ForgettingIsNoWrongGrammar) {
  std::string hats = kHats;
  hats.replace(hats.find("Mia/she"), 7, "Mia/she Ida/she");  // so that "she" is not Mia's name
  const Grammar grammar = Read(hats);
  EXPECT_EQ(MemorySlips(grammar, "Mia had a red hat. She liked red."), 0);
  EXPECT_EQ(MemorySlips(grammar, "Mia had a red hat. She liked blue."), 1);
  EXPECT_EQ(MemorySlips(grammar, "Mia had a red hat. She liked blue.", true, 0), -1);
  EXPECT_EQ(MemorySlips(grammar, "Mia had a red hat. She liked pink."), -1);  // no color
  EXPECT_EQ(MemorySlips(grammar, "Mia had a red hat. He liked red."), -1);    // agreement
  EXPECT_EQ(MemorySlips(grammar, "Mia had a red hat. She liked blue"), -1);   // not whole
  EXPECT_EQ(MemorySlips(grammar, "Mia had a red hat. She liked blue", false), 1);
  EXPECT_EQ(MemorySlips(grammar, "Mia had a red hat. She liked", false), 0);
}

TEST(MemorySlipsTest, AWordThatWasForgottenStaysForgotten) {
  const Grammar grammar = Read(
      "list c (c)\n red blue green\nfact c = c\nfact d = c except c\nrule s\n 1: {c} {c} {c} "
      "{d}.\n");
  EXPECT_EQ(MemorySlips(grammar, "red red red blue."), 0);
  EXPECT_EQ(MemorySlips(grammar, "red blue blue red."), 1);
  EXPECT_EQ(MemorySlips(grammar, "red blue red green."), 2);
  EXPECT_EQ(MemorySlips(grammar, "red red red red."), -1);  // another color was asked for
}

TEST(ReadGrammarTest, AnUnderscoreIsASpace) {
  const Grammar grammar =
      Read("list p (at)\n on_the_hill by_sea\nfact p = p\nrule s\n 1: {p.at}.\n");
  EXPECT_TRUE(Match(grammar, "on the hill.").complete);
  EXPECT_EQ(Measure(grammar)->words, 2.5);
}

TEST(MatchTest, CountsTheWaysToWriteAText) {
  const Grammar grammar = Read("rule story\n 1: a{b}\n 2: ab\nrule b\n 1: b\n 1: c\n");
  const TextMatch match = Match(grammar, "ab");
  EXPECT_EQ(match.derivations, 2);
  EXPECT_NEAR(std::exp(match.log_probability), 1.0 / 6 + 2.0 / 3, 1e-14);
}

TEST(MatchTest, TellsTheFactsAndWhereTheyAreMentioned) {
  const Grammar grammar = Read(kHats);
  const TextMatch match = Match(grammar, "Tom had a blue hat. He liked blue.");
  EXPECT_EQ(match.values, (FactValues{1, 1}));
  std::vector<std::vector<size_t>> mentions;
  for (const Mention& m : match.mentions) mentions.push_back({size_t(m.fact), m.begin, m.size});
  EXPECT_EQ(mentions,
            (std::vector<std::vector<size_t>>{{0, 0, 3}, {1, 10, 4}, {0, 20, 2}, {1, 29, 4}}));
}

TEST(SamplerTest, DrawsTextsAsOftenAsTheyAreLikely) {
  const Grammar grammar = Read(kHats);
  Uniform uniform(1);
  std::map<std::string, int> counts;
  constexpr int kDraws = 80000;
  for (int i = 0; i < kDraws; ++i) {
    const Derivation d = Draw(grammar, uniform);
    ++counts[d.text];
    ASSERT_NEAR(d.log_probability, std::log(AllHatTexts().at(d.text)), 1e-12) << d.text;
  }
  for (const auto& [text, probability] : AllHatTexts()) {
    const double deviation = std::sqrt(kDraws * probability * (1 - probability));
    EXPECT_NEAR(counts[text], kDraws * probability, 5 * deviation) << text;
  }
}

TEST(UniformTest, IsTheStandardsGeneratorReducedWithoutFavour) {
  // The 10,000th number of std::mt19937_64 under its default seed is fixed by the C++ standard.
  Uniform uniform(std::mt19937_64::default_seed);
  for (int i = 0; i < 9999; ++i) uniform.Below(uint64_t{1} << 63);
  EXPECT_EQ(uniform.Below(1000), 9981545732273789042u % 1000);
}

TEST(EntropyTest, IsThatOfTheListOfAllTexts) {
  const absl::StatusOr<GrammarStatistics> s = Measure(Read(kHats));
  ASSERT_TRUE(s.ok()) << s.status();
  double nats = 0, characters = 0, words = 0;
  for (const auto& [text, p] : AllHatTexts()) {
    nats -= p * std::log(p);
    characters += p * text.size();
    words += p * (1 + std::count(text.begin(), text.end(), ' '));
  }
  EXPECT_NEAR(s->nats, nats, 1e-14);
  EXPECT_NEAR(s->nats_rules, -0.75 * std::log(0.75) - 0.25 * std::log(0.25), 1e-14);
  EXPECT_NEAR(s->nats_facts, std::log(2) + 0.75 * std::log(3), 1e-14);
  EXPECT_NEAR(s->characters, characters, 1e-12);
  EXPECT_NEAR(s->words, words, 1e-12);
  EXPECT_EQ(s->texts, 8);
  EXPECT_EQ(s->fact_drawn[0], 1.0);
  EXPECT_NEAR(s->fact_drawn[1], 0.75, 1e-14);
}

// A friend who is somebody else, and whose kind goes with the pronoun; the kind is mentioned before
// the name.
constexpr char kFriends[] = R"(
list name (name they)
  Mia/she Ida/she Tom/he
list kind (kind)
  [she] girl hen
  [he] boy pony
fact hero = name
fact friend = name except hero
fact kind = kind of friend.they
rule story
  1: {Hero} met a {kind}, {friend}.
  1: {Hero} met {friend}.
)";

TEST(EntropyTest, FactsThatDependOnFacts) {
  const Grammar grammar = Read(kFriends);
  const absl::StatusOr<GrammarStatistics> s = Measure(grammar);
  ASSERT_TRUE(s.ok()) << s.status();
  EXPECT_NEAR(s->nats, std::log(2) + std::log(3) + std::log(2) + 0.5 * std::log(2), 1e-14);
  EXPECT_EQ(s->texts, 6 * 2 + 6);
  // Every ordered pair of names is equally likely, and so is every kind given the friend.
  std::map<std::string, double> kinds[2] = {{{"girl", 0.25}, {"hen", 0.25}},
                                            {{"boy", 0.25}, {"pony", 0.25}}};
  const std::vector<std::string> names = {"Mia", "Ida", "Tom"};
  double sum = 0;
  for (const std::string& hero : names) {
    for (const std::string& friend_name : names) {
      const double met =
          std::exp(Match(grammar, hero + " met " + friend_name + ".").log_probability);
      EXPECT_NEAR(met, hero == friend_name ? 0.0 : 0.5 / 6, 1e-14);
      sum += met;
      for (const auto& [kind, half] : kinds[friend_name == "Tom"]) {
        const std::string text = hero + " met a " + kind + ", " + friend_name + ".";
        const TextMatch match = Match(grammar, text);
        EXPECT_NEAR(std::exp(match.log_probability), hero == friend_name ? 0.0 : half / 6, 1e-14);
        sum += std::exp(match.log_probability);
      }
    }
  }
  EXPECT_NEAR(sum, 1.0, 1e-14);
  EXPECT_FALSE(Match(grammar, "Mia met a boy, Ida.").prefix);
}

TEST(EntropyTest, AFactThatTheTextHidesIsRefused) {
  const absl::StatusOr<GrammarStatistics> s =
      Measure(Read("list name (name they)\n Mia/she Ida/she Tom/he\nfact hero = name\nrule story\n"
                   " 1: {Hero.they} ran.\n"));
  ASSERT_FALSE(s.ok());
  EXPECT_THAT(std::string(s.status().message()), HasSubstr("'hero'"));
}

TEST(EntropyTest, SetsOfFactsWithoutBoundAreRefused) {
  std::string source = "list color (color)\n red blue\n", story, rules;
  for (int i = 0; i < 20; ++i) {
    const std::string n = std::to_string(i);
    source += "fact f" + n + " = color\n";
    story += "{r" + n + "}";
    rules += "rule r" + n + "\n 1: x\n 1: {f" + n + "}\n";
  }
  const absl::StatusOr<GrammarStatistics> s =
      Measure(Read(source + "rule s\n 1: " + story + "\n" + rules));
  ASSERT_FALSE(s.ok());
  EXPECT_EQ(s.status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(ReadGrammarTest, ErrorsNameLineAndCause) {
  const std::string list = "list name (name they)\n Mia/she Tom/he\n";
  const std::string fact = list + "fact hero = name\n";
  struct Case {
    std::string source, error;
  };
  for (const Case& c : std::vector<Case>{
           {"", "expected a rule"},
           {"rule story\n", "has no alternative"},
           {"hello\n", "line 1: expected a list"},
           {"list name name\n", "line 1: expected 'list NAME"},
           {"list name (name they)\n Mia\n", "line 2: 'Mia': expected 2 forms"},
           {"list name (name they)\n Mia/\n", "line 2: 'Mia/': expected 2 forms"},
           {"list k (k)\n [a] x y\n [b] z\nrule s\n 1: x\n", "group 'b' has 1 words"},
           {"list k (k)\n x [b] z\n", "line 2: group '[b]'"},
           {list + "fact hero = nam\n", "line 3: no list 'nam'"},
           {list + "fact Hero = name\n", "line 3: 'Hero': a fact's name starts with a small"},
           {fact + "fact hero = name\n", "line 4: a second 'hero'"},
           {fact + "fact friend = name except her\n", "no fact 'her'"},
           {fact + "fact friend = name of hero.they\n", "has no group 'she'"},
           {fact + "fact friend = name beside hero\n", "expected 'except FACT'"},
           {fact + "rule story\n x: a\n", "line 5: expected 'WEIGHT: text'"},
           {fact + "rule story\n 0: a\n", "line 5: expected 'WEIGHT: text'"},
           {fact + "rule story\n 99999999999: a\n", "line 5: expected 'WEIGHT: text'"},
           {fact + "rule story\n 1: {hero\n", "line 5: '{' without '}'"},
           {fact + "rule story\n 1: {her}\n", "line 5: {her}: no rule and no fact"},
           {fact + "rule story\n 1: {hero.us}\n",
            "line 5: {hero.us}: list 'name' has no such form"},
           {fact + "rule hero\n 1: a\n", "line 4: 'hero' is the name"},
           {fact + "rule a\n 1: {b}\nrule b\n 1: {a}\n", "leads back to itself"},
       }) {
    const absl::StatusOr<Grammar> grammar = ReadGrammar(c.source);
    ASSERT_FALSE(grammar.ok()) << c.source;
    EXPECT_THAT(std::string(grammar.status().message()), HasSubstr(c.error)) << c.source;
  }
}

TEST(ReadGrammarTest, RulesThatUnfoldWithoutBoundAreRefused) {
  std::string doubling, chain;
  for (int i = 0; i < 40; ++i) {
    const std::string next = "{r" + std::to_string(i + 1) + "}";
    doubling += "rule r" + std::to_string(i) + "\n 1: " + next + next + "\n";
  }
  EXPECT_FALSE(ReadGrammar(doubling + "rule r40\n 1: x\n").ok());
  for (int i = 0; i < 100; ++i) {
    chain += "rule r" + std::to_string(i) + "\n 1: {r" + std::to_string(i + 1) + "}\n";
  }
  EXPECT_FALSE(ReadGrammar(chain + "rule r100\n 1: x\n").ok());
}

TEST(ReadGrammarTest, DamagedSourcesNeverCrash) {
  Uniform uniform(7);
  const std::string source = std::string(kHats) + kFriends;
  int read = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = uniform.Below(2) ? kHats : kFriends;
    for (uint64_t k = uniform.Below(4) + 1; k > 0; --k) {
      damaged[uniform.Below(damaged.size())] = source[uniform.Below(source.size())];
    }
    const absl::StatusOr<Grammar> grammar = ReadGrammar(damaged);
    if (!grammar.ok() || !Measure(*grammar).ok()) continue;
    ++read;
    const Derivation d = Draw(*grammar, uniform);
    EXPECT_TRUE(Match(*grammar, d.text).complete) << damaged;
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace gokart
