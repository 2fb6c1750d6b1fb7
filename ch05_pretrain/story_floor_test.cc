#include "ch05_pretrain/story_floor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ch05_pretrain/run_tokenizer.h"
#include "workshop/stories/stories.h"

namespace gokart {
namespace {

class StoryFloorTest : public ::testing::Test {
 protected:
  StoryFloorTest() : tokenizer_(*MakeRunTokenizer("bpe:600", StoryStream(1, 100000))) {
    config_.vocab_size = tokenizer_->vocab_size();
    config_.context_length = 400;
    config_.emb_dim = 8;
    config_.n_heads = 1;
    config_.n_layers = 1;
  }
  GptConfig config_;
  std::unique_ptr<Tokenizer> tokenizer_;
};

// A model whose head is zero gives every token the same chance: its loss is the logarithm of their
// number.
TEST_F(StoryFloorTest, AUniformModelLosesTheLogarithmOfTheVocabulary) {
  GPTModel model(config_);
  for (int64_t i = 0; i < model.out_head->weight.size(); ++i)
    model.out_head->weight.mutable_data()[i] = 0;
  const auto score = ScoreStories(model, *tokenizer_, 77, 20);
  ASSERT_TRUE(score.ok()) << score.status().message();
  EXPECT_NEAR(score->loss, std::log(static_cast<double>(config_.vocab_size)), 1e-5);
}

TEST_F(StoryFloorTest, FloorsAreThoseOfTheGrammar) {
  GPTModel model(config_);
  const auto score = ScoreStories(model, *tokenizer_, 77, 30);
  ASSERT_TRUE(score.ok());
  // The same stories, counted here.
  StoryGenerator generator(77);
  double surprise = 0, tokens = 0;
  for (int i = 0; i < 30; ++i) {
    const Story story = generator.Next();
    surprise -= LogProbability(story.text);
    tokens += static_cast<double>(tokenizer_->Encode(story.text)->size()) + 1;
  }
  EXPECT_NEAR(score->tokens_per_story, tokens / 30, 1e-9);
  EXPECT_NEAR(score->sample_floor, surprise / tokens, 1e-9);
  EXPECT_NEAR(score->floor, StoryEntropy() / (tokens / 30), 1e-9);
}

TEST_F(StoryFloorTest, RefusesStoriesLongerThanTheContext) {
  config_.context_length = 20;
  GPTModel model(config_);
  EXPECT_THAT(std::string(ScoreStories(model, *tokenizer_, 1, 1).status().message()),
              ::testing::HasSubstr("does not fit the context length of 20"));
}

TEST_F(StoryFloorTest, WritesAStreamOfStories) {
  GPTModel model(config_);
  Generator generator(1);
  const auto stream = WriteStories(model, *tokenizer_, 3, 1.0, 12, generator);
  ASSERT_TRUE(stream.ok());
  const StoriesCheck check = CheckStories(*stream);
  EXPECT_EQ(check.stories, 3);
  EXPECT_EQ(check.grammatical, 0);  // it has not learned anything
}

}  // namespace
}  // namespace gokart
