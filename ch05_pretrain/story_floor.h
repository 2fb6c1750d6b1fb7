// How close a model comes to the best possible one, on text whose entropy is known: stories from
// the grammar.
//
//   StoryScore score = ScoreStories(model, tokenizer, /*seed=*/99, /*num_stories=*/200);
//   score.loss / score.floor;   // 1.0: nothing left to learn
#ifndef GOKART_CH05_PRETRAIN_STORY_FLOOR_H_
#define GOKART_CH05_PRETRAIN_STORY_FLOOR_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "ch02_data/tokenizer.h"
#include "ch04_model/gpt_model.h"
#include "tensor/random.h"

namespace gokart {

/// Nats per token over whole stories, from behind the end of the story before to their own end,
/// included.
struct StoryScore {
  double loss = 0;  ///< the model's
  double sample_floor =
      0;  ///< -log p of these very stories under the grammar: what the best model would get on them
  double floor =
      0;  ///< the grammar's exact entropy, over the mean number of tokens of these stories
  double tokens_per_story = 0;
  int64_t stories = 0;
};

/// Scores a model on stories that it has not seen, if `seed` is not the one that it was trained
/// with. Errors: the tokenizer has no end-of-text token, or a story does not fit the model's
/// context.
absl::StatusOr<StoryScore> ScoreStories(GPTModel& model, const Tokenizer& tokenizer, uint64_t seed,
                                        int64_t num_stories);

/// What the model writes after an end of text, up to the next: one story per end-of-text token that
/// it gets to, at most `max_tokens` tokens each, in a stream as CheckStories reads it.
absl::StatusOr<std::string> WriteStories(GPTModel& model, const Tokenizer& tokenizer,
                                         int64_t num_stories, double temperature,
                                         int64_t max_tokens, Generator& generator);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_STORY_FLOOR_H_
