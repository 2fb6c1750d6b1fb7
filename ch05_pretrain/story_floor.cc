#include "ch05_pretrain/story_floor.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/generate.h"
#include "tensor/ops/cross_entropy.h"
#include "workshop/stories/stories.h"

namespace gokart {
namespace {

constexpr int64_t kBatch = 16;

// <|endoftext|> story <|endoftext|>
using Document = std::vector<int32_t>;

absl::StatusOr<int32_t> EndOfText(const Tokenizer& tokenizer) {
  const std::optional<int32_t> end = tokenizer.EndOfText();
  if (end) return *end;
  return absl::InvalidArgumentError(
      absl::StrCat("tokenizer ", tokenizer.name(), " has no end-of-text token"));
}

// The sum over all tokens but the first of -log p, for documents of different lengths side by side.
double TotalLoss(const GPTModel& model, std::span<const Document> documents) {
  size_t longest = 0;
  int64_t counted = 0;
  for (const Document& d : documents) {
    longest = std::max(longest, d.size() - 1);
    counted += static_cast<int64_t>(d.size()) - 1;
  }
  TokenIds inputs = TokenIds::from_shape({documents.size(), longest}), targets = inputs;
  inputs.fill(0);
  targets.fill(ops::kIgnoreIndex);
  for (size_t row = 0; row < documents.size(); ++row) {
    const Document& d = documents[row];
    std::copy(d.begin(), d.end() - 1, inputs.data() + row * longest);
    std::copy(d.begin() + 1, d.end(), targets.data() + row * longest);
  }
  return ops::CrossEntropy(model.Forward(inputs), Flat(targets)).item() *
         static_cast<double>(counted);
}

}  // namespace

absl::StatusOr<StoryScore> ScoreStories(GPTModel& model, const Tokenizer& tokenizer, uint64_t seed,
                                        int64_t num_stories) {
  const absl::StatusOr<int32_t> end = EndOfText(tokenizer);
  if (!end.ok()) return end.status();
  StoryGenerator generator(seed);
  std::vector<Document> documents;
  StoryScore score = {.stories = num_stories};
  int64_t tokens = 0;
  for (int64_t i = 0; i < num_stories; ++i) {
    const Story story = generator.Next();
    absl::StatusOr<std::vector<int32_t>> ids = tokenizer.Encode(story.text);
    if (!ids.ok()) return ids.status();
    ids->insert(ids->begin(), *end);
    ids->push_back(*end);
    if (static_cast<int64_t>(ids->size()) - 1 > model.config.context_length) {
      return absl::InvalidArgumentError(absl::StrCat("a story of ", ids->size(),
                                                     " tokens does not fit the context length of ",
                                                     model.config.context_length));
    }
    tokens += static_cast<int64_t>(ids->size()) - 1;
    score.sample_floor -= story.log_probability;
    documents.push_back(*std::move(ids));
  }
  NoGrad no_grad;
  EvalMode eval(model);
  for (size_t begin = 0; begin < documents.size(); begin += kBatch) {
    const size_t n = std::min<size_t>(kBatch, documents.size() - begin);
    score.loss += TotalLoss(model, std::span(documents).subspan(begin, n));
  }
  score.tokens_per_story = static_cast<double>(tokens) / static_cast<double>(num_stories);
  score.loss /= static_cast<double>(tokens);
  score.sample_floor /= static_cast<double>(tokens);
  score.floor = StoryEntropy() / score.tokens_per_story;
  return score;
}

absl::StatusOr<std::string> WriteStories(GPTModel& model, const Tokenizer& tokenizer,
                                         int64_t num_stories, double temperature,
                                         int64_t max_tokens, Generator& generator) {
  const absl::StatusOr<int32_t> end = EndOfText(tokenizer);
  if (!end.ok()) return end.status();
  std::string stream;
  for (int64_t i = 0; i < num_stories; ++i) {
    std::vector<int32_t> ids = Generate(
        model, {*end},
        {.max_new_tokens = max_tokens, .sampling = {.temperature = temperature}, .eos_id = *end},
        generator);
    ids.erase(ids.begin());
    absl::StrAppend(&stream, tokenizer.Decode(ids), std::string(kEndOfStory));
  }
  return stream;
}

}  // namespace gokart
