// Generation with caches, one text and several: the texts that computing everything anew each time
// gives.
#include "ch05_pretrain/generate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "tensor/random.h"

namespace gokart {
namespace {

constexpr GptConfig kConfig = {
    .vocab_size = 43, .context_length = 32, .emb_dim = 24, .n_heads = 3, .n_layers = 2};
constexpr SamplingOptions kSampling = {.temperature = 1.2, .top_k = 20, .top_p = 0.95};

class GenerateTest : public testing::Test {
 protected:
  GenerateTest() : model_((ManualSeed(3), kConfig)) {}

  // All tokens through the model for each new one.
  std::vector<int32_t> Slowly(std::vector<int32_t> ids, int64_t new_tokens, uint64_t seed) {
    const NoGrad no_grad;
    const EvalMode eval(model_);
    Generator generator(seed);
    for (int64_t i = 0; i < new_tokens; ++i) {
      TokenIds row = TokenIds::from_shape({size_t{1}, ids.size()});
      std::copy(ids.begin(), ids.end(), row.begin());
      ids.push_back(SampleToken(model_.ForwardLast(row).values(), kSampling, generator));
    }
    return ids;
  }

  GPTModel model_;
};

TEST_F(GenerateTest, DrawsTheTokensThatTheWholeModelDraws) {
  Generator generator(5);
  const std::vector<int32_t> text =
      Generate(model_, {1, 2, 3}, {.max_new_tokens = 29, .sampling = kSampling}, generator);
  EXPECT_EQ(text, Slowly({1, 2, 3}, 29, 5));
  EXPECT_TRUE(model_.training());
}

// 11 prompts of different lengths, more than are computed side by side.
TEST_F(GenerateTest, EachOfABatchGetsWhatItGetsAlone) {
  std::vector<std::vector<int32_t>> prompts;
  for (int32_t i = 0; i < 11; ++i) prompts.push_back(std::vector<int32_t>(1 + 2 * i % 9, i));
  std::vector<std::vector<int32_t>> heard(prompts.size());
  const auto texts =
      GenerateBatch(model_, prompts, {.max_new_tokens = 20, .sampling = kSampling}, 5,
                    [&](size_t prompt, int32_t token) {
                      heard[prompt].push_back(token);
                      return prompt != 4 || heard[4].size() < 7;  // the fifth is stopped early
                    });
  for (size_t i = 0; i < prompts.size(); ++i) {
    EXPECT_EQ(texts[i], Slowly(prompts[i], i == 4 ? 7 : 20, 5)) << i;
    const std::vector<int32_t> added(texts[i].begin() + prompts[i].size(), texts[i].end());
    EXPECT_EQ(heard[i], added) << i;
  }
}

TEST_F(GenerateTest, EndsBeforeTheEndToken) {
  Generator generator(5), again(5);
  const std::vector<int32_t> text =
      Generate(model_, {1, 2}, {.max_new_tokens = 25, .sampling = kSampling}, generator);
  const auto first = std::find(text.begin() + 2, text.end(), text[12]);
  const std::vector<int32_t> cut = Generate(
      model_, {1, 2}, {.max_new_tokens = 25, .sampling = kSampling, .eos_id = text[12]}, again);
  EXPECT_EQ(cut, std::vector<int32_t>(text.begin(), first));
}

TEST_F(GenerateTest, SaysOnceThatTheWindowMoves) {
  int slides = 0;
  Generator generator(5);
  GenerateOptions options = {.max_new_tokens = 30};
  options.on_slide = [&] { ++slides; };
  EXPECT_EQ(Generate(model_, {1, 2, 3}, options, generator).size(), 33u);
  EXPECT_EQ(slides, 0);  // the 33rd token was computed from 32
  options.max_new_tokens = 100;
  EXPECT_EQ(Generate(model_, {1, 2, 3}, options, generator).size(), 103u);
  EXPECT_EQ(slides, 1);
}

using GenerateNothing = GenerateTest;

TEST_F(GenerateNothing, AddsNothingAndNeedsABeginning) {
  Generator generator(5);
  EXPECT_EQ(Generate(model_, {7}, {.max_new_tokens = 0}, generator), std::vector<int32_t>{7});
  EXPECT_THROW(Generate(model_, {}, {}, generator), std::invalid_argument);
  EXPECT_THROW(GenerateBatch(model_, {{1}, {}}, {}, 5), std::invalid_argument);
  EXPECT_TRUE(GenerateBatch(model_, {}, {}, 5).empty());
}

}  // namespace
}  // namespace gokart
