#include "ch04_model/llama/gpt_to_llama.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "ch04_model/gpt_model.h"
#include "ch04_model/llama/llama_model.h"

namespace gokart {
namespace {

// OpenAI's files: tied, with biases at queries, keys and values.
TEST(DecoderSizes, CountsGpt2AsPublished) {
  const std::map<std::string, int64_t> published = {{"gpt2-small", 124439808},
                                                    {"gpt2-medium", 354823168},
                                                    {"gpt2-large", 774030080},
                                                    {"gpt2-xl", 1557611200}};
  for (const auto& [name, count] : published) {
    GptConfig config = *FindGptConfig(name);
    config.qkv_bias = config.tie_weights = true;
    EXPECT_EQ(NumParameters(SizesOf(config)), count) << name;
  }
}

// Models that exist, with each switch on and off.
TEST(DecoderSizes, CountsWhatModelsHave) {
  for (const std::string attention : {"fused", "rope", "gqa"}) {
    for (const bool on : {false, true}) {
      const GptConfig config = {.vocab_size = 13,
                                .context_length = 5,
                                .emb_dim = 24,
                                .n_heads = 6,
                                .n_layers = 2,
                                .qkv_bias = on,
                                .tie_weights = !on,
                                .attention = attention,
                                .n_kv_groups = on ? std::optional<int64_t>(3) : std::nullopt};
      EXPECT_EQ(NumParameters(SizesOf(config)), GPTModel(config).NumParameters())
          << attention << on;
    }
  }
  for (const bool on : {false, true}) {
    const LlamaConfig config = {.vocab_size = 13,
                                .context_length = 5,
                                .emb_dim = 24,
                                .n_heads = 6,
                                .n_kv_groups = on ? 2 : 6,
                                .n_layers = 3,
                                .hidden_dim = 20,
                                .tie_weights = on};
    EXPECT_EQ(NumParameters(SizesOf(config)), LlamaModel(config).NumParameters());
  }
}

// The workshop's multiply-adds of GPT-2 (ch04/02), and those of Llama 2 7B by hand: all weights but
// the table of tokens and the normalisations.
TEST(DecoderSizes, CountsMultiplyAdds) {
  EXPECT_EQ(LinearMacsPerToken(SizesOf(GptConfig{})), 123532032);
  EXPECT_EQ(LinearMacsPerToken(SizesOf(LlamaConfig{})), 6738415616 - 32000 * 4096 - 65 * 4096);
}

// The workshop's estimate (ch04/04): 32,768 tokens, 4096 wide, 32 layers, 16 bit.
TEST(DecoderSizes, CountsCaches) {
  LlamaConfig config;
  EXPECT_EQ(CacheBytes(SizesOf(config), 32768), 17179869184);
  config.n_kv_groups = 8;
  EXPECT_EQ(CacheBytes(SizesOf(config), 32768), 4294967296);
}

// Step by step the sizes become those of the published models, in every field.
TEST(GptToLlama, PassesThroughThePublishedModels) {
  const std::map<std::string, std::string> names = {{"Llama 2 7B", "llama2-7b"},
                                                    {"Llama 3 8B", "llama3-8b"},
                                                    {"Llama 3.1 8B", "llama3.1-8b"},
                                                    {"Llama 3.2 1B", "llama3.2-1b"}};
  size_t seen = 0;
  for (const ConversionStep& step : GptToLlama()) {
    if (step.model.empty()) continue;
    ++seen;
    EXPECT_EQ(step.sizes, SizesOf(*FindLlamaConfig(names.at(step.model)))) << step.model;
  }
  EXPECT_EQ(seen, names.size());
}

// What single steps save or cost, by hand.
TEST(GptToLlama, StepsChangeWhatTheySay) {
  const std::vector<ConversionStep> steps = GptToLlama();
  const auto change = [&](size_t i) {
    return NumParameters(steps.at(i).sizes) - NumParameters(steps.at(i - 1).sizes);
  };
  EXPECT_EQ(change(1), -32 * (3 * 4096 + 4096 + 16384 + 4096));  // q k v, out, 4C, C
  EXPECT_EQ(change(2), -65 * 4096);                              // the shifts
  EXPECT_EQ(change(3), -1024 * 4096);
  EXPECT_EQ(change(4), 32LL * 4096 * (3 * 11008 - 2 * 16384));
  EXPECT_EQ(change(5), 50257 * 4096);
  EXPECT_EQ(change(6), -2 * 18257 * 4096);
  EXPECT_EQ(change(7), 0);
  EXPECT_EQ(change(8), -32LL * 2 * 4096 * 3072);
}

}  // namespace
}  // namespace gokart
