// Simple children's stories, as many as one wants, whose entropy is known exactly.
//
//   StoryGenerator generator(/*seed=*/123);
//   Story story = generator.Next();
//   story.text               // "Once upon a time there was a brave fox named Mia. She lived ..."
//   story.Get("object")      // "kite";  story.Get("hero.they") is "she"
//   story.log_probability    // log p(story); its mean over stories is -StoryEntropy()
//
//   std::string corpus = StoryStream(/*seed=*/1, /*min_characters=*/20'000'000);
//   double floor = StoryEntropy() / tokens_per_story;   // nats per token: no model does better
//
// The stories are what chapter 5 pretrains on when it is given no text. They come from a grammar
// (story_grammar.txt, explained in grammar.h), so it can also be said whether a text that a model
// wrote is a story (CheckGrammar), and how likely it is (LogProbability). README.md derives the
// floor.
#ifndef GOKART_WORKSHOP_STORIES_STORIES_H_
#define GOKART_WORKSHOP_STORIES_STORIES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "workshop/stories/entropy.h"
#include "workshop/stories/grammar.h"
#include "workshop/stories/match.h"
#include "workshop/stories/sampler.h"

namespace gokart {

/// What stands behind every story of a stream.
inline constexpr std::string_view kEndOfStory = "<|endoftext|>";

/// What happens in a story.
enum class Plot {
  kLost,      ///< the object gets lost; a friend helps to find it
  kStuck,     ///< it falls into a trap; a friend has the tool to get it out
  kShared,    ///< the hero finds a number of things and shares them
  kCompared,  ///< the friend has the same object, but of the opposite kind
};

/// "lost", "stuck", "shared", "compared".
std::string_view PlotName(Plot plot);

/// A story and what is true in it.
struct Story {
  std::string text;
  Plot plot = Plot::kLost;
  FactValues values;              ///< by the facts of StoryGrammar()
  std::vector<Mention> mentions;  ///< where the text mentions which fact
  double log_probability = 0;     ///< in nats

  /// The word that a fact is in this story, in its first form ("object", "hero") or another one
  /// ("hero.them", "thing.many"); empty when the story does not mention it. The facts and forms are
  /// those of story_grammar.txt; an unknown one throws std::invalid_argument.
  std::string Get(std::string_view fact) const;

  /// All its facts, by name, in the order in which the text mentions them first.
  std::vector<std::pair<std::string, std::string>> Facts() const;
};

/// Draws stories. The same seed gives the same stories everywhere.
class StoryGenerator {
 public:
  explicit StoryGenerator(uint64_t seed) : uniform_(seed) {}
  Story Next();

 private:
  Uniform uniform_;
};

/// Whole stories, each followed by `separator`, until there are at least `min_characters`.
std::string StoryStream(uint64_t seed, size_t min_characters,
                        std::string_view separator = kEndOfStory);

/// A story's text back into its facts; an error says where the text leaves the grammar.
absl::StatusOr<Story> ReadStory(std::string_view text);

/// log p(text) in nats; -infinity for a text that is no story. The chance is that of the story with
/// its end, so the separator behind it costs nothing more.
double LogProbability(std::string_view story);

/// Whether `text` is a story or the beginning of one, or where it leaves the grammar.
TextMatch CheckGrammar(std::string_view text);

/// What a check of many stories found. Grammar and memory are counted apart, since a model learns
/// them apart: a story may consist of right sentences, and still call the cap that was blue a red
/// one.
struct StoriesCheck {
  int stories = 0;      ///< those with a separator behind them
  int grammatical = 0;  ///< of right sentences from beginning to end, whatever they forget
  int faithful = 0;     ///< which forget nothing either: the grammar can write them as they are
  int slips = 0;        ///< how often the grammatical ones forget
  bool rest_is_grammatical = true;  ///< whether what follows the last separator begins like a story
  std::string
      first_error;         ///< where the first story that is not grammatical goes wrong; "" if none
  std::string first_slip;  ///< where the first that is, but not faithful, forgets; "" if none
};

/// Checks a stream of stories, such as a model's output. White space around a story is ignored.
/// A last story without a separator behind it is not counted, only looked at.
StoriesCheck CheckStories(std::string_view stream, std::string_view separator = kEndOfStory);

/// The grammar, and the exact expectations over its stories.
const Grammar& StoryGrammar();
const GrammarStatistics& StoryStatistics();

/// Entropy in nats per story, the end of the story included.
double StoryEntropy();

/// About how many nats a window of a stream costs more when it begins at a random character, in the
/// middle of a story: what was drawn before the window and is mentioned in it cannot be remembered,
/// and has to be drawn again. The mean over `num_stories` random stories.
double CutWindowPenalty(int num_stories, uint64_t seed);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_STORIES_STORIES_H_
