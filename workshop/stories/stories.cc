#include "workshop/stories/stories.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "workshop/stories/story_grammar.h"

namespace gokart {
namespace {

/// Each plot has a fact that no other plot mentions.
Plot PlotOf(const FactValues& values) {
  static const int kTrap = StoryGrammar().FindFact("trap");
  static const int kCount = StoryGrammar().FindFact("count");
  static const int kPattern = StoryGrammar().FindFact("friend_pattern");
  if (values[kTrap] != kUndrawn) return Plot::kStuck;
  if (values[kCount] != kUndrawn) return Plot::kShared;
  if (values[kPattern] != kUndrawn) return Plot::kCompared;
  return Plot::kLost;
}

std::string_view StripSpace(std::string_view s) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = std::min(s.find_first_not_of(kSpace), s.size());
  const size_t end = s.find_last_not_of(kSpace);
  return s.substr(begin, end == std::string_view::npos ? 0 : end + 1 - begin);
}

/// "at 31: expected 'red' (color), found 'blue kite'".
std::string Describe(std::string_view text, const TextMatch& match) {
  if (match.prefix) return absl::StrCat("at ", text.size(), ": the story is not finished");
  return absl::StrCat("at ", match.position, ": expected ", match.expected, ", found '",
                      std::string(text.substr(match.position, 20)), "'");
}

}  // namespace

std::string_view PlotName(Plot plot) {
  static constexpr std::string_view kNames[] = {"lost", "stuck", "shared", "compared"};
  return kNames[static_cast<int>(plot)];
}

const Grammar& StoryGrammar() {
  static const Grammar* const grammar = new Grammar(ReadGrammar(StoryGrammarText()).value());
  return *grammar;
}

const GrammarStatistics& StoryStatistics() {
  static const auto* const statistics = new GrammarStatistics(Measure(StoryGrammar()).value());
  return *statistics;
}

double StoryEntropy() { return StoryStatistics().nats; }

std::string Story::Get(std::string_view fact) const {
  const Grammar& grammar = StoryGrammar();
  const size_t dot = fact.find('.');
  const int f = grammar.FindFact(fact.substr(0, dot));
  const int form =
      f < 0 || dot == std::string_view::npos ? 0 : grammar.ListOf(f).Form(fact.substr(dot + 1));
  if (f < 0 || form < 0) {
    throw std::invalid_argument(absl::StrCat("Story::Get: no fact '", std::string(fact), "'"));
  }
  if (values[f] == kUndrawn) return "";
  return grammar.ListOf(f).words[values[f]].forms[form];
}

std::vector<std::pair<std::string, std::string>> Story::Facts() const {
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<bool> seen(values.size(), false);
  for (const Mention& mention : mentions) {
    if (seen[mention.fact]) continue;
    seen[mention.fact] = true;
    const std::string& name = StoryGrammar().facts[mention.fact].name;
    facts.emplace_back(name, Get(name));
  }
  return facts;
}

Story StoryGenerator::Next() {
  Derivation d = Draw(StoryGrammar(), uniform_);
  const Plot plot = PlotOf(d.values);
  return {std::move(d.text), plot, std::move(d.values), std::move(d.mentions), d.log_probability};
}

std::string StoryStream(uint64_t seed, size_t min_characters, std::string_view separator) {
  Uniform uniform(seed);
  std::string stream;
  stream.reserve(min_characters + 1000);
  while (stream.size() < min_characters) {
    stream += Draw(StoryGrammar(), uniform).text;
    stream += separator;
  }
  return stream;
}

TextMatch CheckGrammar(std::string_view text) { return Match(StoryGrammar(), text); }

double LogProbability(std::string_view story) { return CheckGrammar(story).log_probability; }

absl::StatusOr<Story> ReadStory(std::string_view text) {
  TextMatch match = CheckGrammar(text);
  if (!match.complete) {
    return absl::InvalidArgumentError(absl::StrCat("story: ", Describe(text, match)));
  }
  const Plot plot = PlotOf(match.values);
  return Story{std::string(text), plot, std::move(match.values), std::move(match.mentions),
               match.log_probability};
}

StoriesCheck CheckStories(std::string_view stream, std::string_view separator) {
  StoriesCheck check;
  for (size_t end; (end = stream.find(separator)) != std::string_view::npos;) {
    const std::string_view text = StripSpace(stream.substr(0, end));
    stream.remove_prefix(end + separator.size());
    ++check.stories;
    const TextMatch match = CheckGrammar(text);
    if (match.complete) {
      ++check.grammatical;
      ++check.faithful;
      continue;
    }
    const int slips = MemorySlips(StoryGrammar(), text);
    if (slips > 0) {
      ++check.grammatical;
      check.slips += slips;
    }
    std::string& first = slips > 0 ? check.first_slip : check.first_error;
    if (first.empty()) first = absl::StrCat("story ", check.stories, ", ", Describe(text, match));
  }
  const std::string_view rest = StripSpace(stream);
  check.rest_is_grammatical = MemorySlips(StoryGrammar(), rest, /*whole=*/false) >= 0;
  if (!check.rest_is_grammatical && check.first_error.empty()) {
    check.first_error = absl::StrCat("unfinished story, ", Describe(rest, CheckGrammar(rest)));
  }
  return check;
}

double CutWindowPenalty(int num_stories, uint64_t seed) {
  // A fact first mentioned at character a and last at b of n is lost to the b - a windows that
  // begin in between. Longer stories are cut more often: sum over stories of nats times characters,
  // over characters.
  const Grammar& grammar = StoryGrammar();
  StoryGenerator generator(seed);
  double nats = 0, characters = 0;
  for (int s = 0; s < num_stories; ++s) {
    const Story story = generator.Next();
    characters += story.text.size() + kEndOfStory.size();
    std::vector<const Mention*> last(grammar.facts.size(), nullptr);
    for (const Mention& mention : story.mentions) {
      const Mention*& before = last[mention.fact];
      if (before != nullptr) {
        nats += std::log(grammar.facts[mention.fact].num_words) * (mention.begin - before->begin);
      }
      before = &mention;
    }
  }
  return nats / characters;
}

}  // namespace gokart
