#include "ch05_pretrain/weights/gguf/gguf_gpt.h"

#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/bpe_trainer.h"
#include "ch05_pretrain/weights/gguf/gguf_vocabulary.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

GptConfig SmallConfig() {
  return {.vocab_size = 300, .context_length = 16, .emb_dim = 8, .n_heads = 2, .n_layers = 3};
}

GgufContents ContentsOf(const GptConfig& config) {
  return {GptToGguf(config, "test", DType::kF16),
          {{"token_embd.weight", GgmlType::kF32, {config.vocab_size, config.emb_dim}}}};
}

GgufContents With(GgufContents contents, const std::string& key, const GgufValue& value) {
  for (auto& [name, old] : contents.metadata) {
    if (name == key) old = value;
  }
  return contents;
}

std::string ErrorOf(const GgufContents& contents) {
  const absl::StatusOr<GptConfig> config = GptFromGguf(contents, "m.gguf");
  return config.ok() ? "no error" : std::string(config.status().message());
}

TEST(GgufGptTest, TheKeysOfLlamaCpp) {
  const GgufMetadata metadata = GptToGguf(SmallConfig(), "test", DType::kQ8_0);
  EXPECT_EQ(*GetValue<std::string>(metadata, "general.architecture"), "gpt2");
  EXPECT_EQ(*GetValue<std::string>(metadata, "general.name"), "test");
  EXPECT_EQ(*GetValue<uint32_t>(metadata, "general.file_type"), 7);  // mostly Q8_0
  EXPECT_EQ(*GetValue<uint32_t>(metadata, "general.quantization_version"), 2);
  EXPECT_EQ(*GetValue<uint32_t>(metadata, "gpt2.context_length"), 16);
  EXPECT_EQ(*GetValue<uint32_t>(metadata, "gpt2.embedding_length"), 8);
  EXPECT_EQ(*GetValue<uint32_t>(metadata, "gpt2.feed_forward_length"), 32);
  EXPECT_EQ(*GetValue<uint32_t>(metadata, "gpt2.block_count"), 3);
  EXPECT_EQ(*GetValue<uint32_t>(metadata, "gpt2.attention.head_count"), 2);
  EXPECT_EQ(*GetValue<float>(metadata, "gpt2.attention.layer_norm_epsilon"), 1e-5f);
}

TEST(GgufGptTest, ConfigurationsComeBack) {
  GptConfig expected = SmallConfig();
  expected.qkv_bias = true;
  expected.tie_weights = true;
  GgufContents contents = ContentsOf(SmallConfig());
  EXPECT_EQ(GptFromGguf(contents, "m.gguf").value(), expected);
  contents.tensors.push_back({"output.weight", GgmlType::kF32, {300, 8}});
  expected.tie_weights = false;
  EXPECT_EQ(GptFromGguf(contents, "m.gguf").value(), expected);
}

TEST(GgufGptTest, OtherModelsAreRefused) {
  const GgufContents good = ContentsOf(SmallConfig());
  EXPECT_EQ(ErrorOf(good), "no error");
  EXPECT_EQ(ErrorOf(With(good, "general.architecture", std::string("llama"))),
            "m.gguf: general.architecture is llama, expected gpt2");
  EXPECT_THAT(ErrorOf(With(good, "gpt2.block_count", std::string("three"))),
              HasSubstr("gpt2.block_count is three, expected a whole number"));
  EXPECT_THAT(ErrorOf({{good.metadata[0]}, good.tensors}),
              HasSubstr("gpt2.context_length is missing"));
  EXPECT_THAT(ErrorOf(With(good, "gpt2.attention.head_count", uint32_t{3})),
              HasSubstr("n_heads is 3"));
  EXPECT_THAT(ErrorOf(With(good, "gpt2.feed_forward_length", uint32_t{31})),
              HasSubstr("gpt2.feed_forward_length is 31, expected 32"));
  EXPECT_THAT(ErrorOf(With(good, "gpt2.attention.layer_norm_epsilon", 1e-6f)),
              HasSubstr("layer_norm_epsilon is 1e-06"));
  EXPECT_THAT(ErrorOf({good.metadata, {}}), HasSubstr("there is no tensor token_embd.weight"));
}

BpeVocabulary SmallVocabulary() {
  BpeTrainer trainer;
  trainer.AddText("the cat sat on the mat, the cat sat there; thethe catcat");
  return trainer.Train({.vocab_size = 270}).value();
}

TEST(GgufGptTest, TheTokenizerComesBack) {
  BpeVocabulary vocabulary = SmallVocabulary();
  const int32_t plain = vocabulary.AddToken("<plain>", /*special=*/false).value();
  GgufMetadata metadata = GptToGguf(SmallConfig(), "test", DType::kF32);
  const absl::Status status = VocabularyToGguf(vocabulary, 300, metadata);
  ASSERT_TRUE(status.ok()) << status;
  const auto& tokens = *GetArray<std::string>(metadata, "tokenizer.ggml.tokens");
  const auto& types = *GetArray<int32_t>(metadata, "tokenizer.ggml.token_type");
  ASSERT_EQ(tokens.size(), 300);
  ASSERT_EQ(types.size(), 300);
  EXPECT_EQ(tokens[plain], "<plain>");
  EXPECT_EQ(tokens[299], "[PAD299]");
  const int32_t end = vocabulary.added_tokens()[0].id;
  EXPECT_EQ(tokens[end], "<|endoftext|>");
  EXPECT_EQ(*GetValue<uint32_t>(metadata, "tokenizer.ggml.eos_token_id"), end);
  // Normal, control, user defined, unused.
  EXPECT_THAT(std::vector({types[0], types[end], types[plain], types[299]}),
              ElementsAre(1, 3, 4, 5));

  const absl::StatusOr<BpeVocabulary> read = VocabularyFromGguf(metadata, "m.gguf");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->size(), vocabulary.size());
  EXPECT_EQ(read->added_tokens(), vocabulary.added_tokens());
  EXPECT_EQ(read->merges(), vocabulary.merges());
  const std::string text = "the cats sat <plain> there";
  EXPECT_EQ(BpeTokenizer("a", *read).Encode(text).value(),
            BpeTokenizer("b", vocabulary).Encode(text).value());
}

TEST(GgufGptTest, BrokenTokenizersAreRefused) {
  GgufContents good = ContentsOf(SmallConfig());
  const auto error = [&](const std::string& key, const GgufValue& value) {
    return std::string(
        VocabularyFromGguf(With(good, key, value).metadata, "m.gguf").status().message());
  };
  EXPECT_EQ(error("", true),
            "m.gguf: tokenizer.ggml.model is none, expected gpt2: only GPT-2's kind of tokenizer "
            "is supported");
  ASSERT_TRUE(VocabularyToGguf(SmallVocabulary(), 300, good.metadata).ok());
  EXPECT_EQ(error("", true), "");
  EXPECT_THAT(error("tokenizer.ggml.pre", std::string("llama-bpe")),
              HasSubstr("tokenizer.ggml.pre is llama-bpe, expected gpt-2"));
  EXPECT_THAT(error("tokenizer.ggml.tokens", GgufArray(std::vector<float>(300))),
              HasSubstr("tokenizer.ggml.tokens is [300 float32], expected an array of strings"));
  EXPECT_THAT(error("tokenizer.ggml.token_type", GgufArray(std::vector<int32_t>(299, 1))),
              HasSubstr("300 tokens, but 299"));
  EXPECT_THAT(error("tokenizer.ggml.merges", GgufArray(std::vector<std::string>{"ab"})),
              HasSubstr("tokenizer.ggml.merges[0]"));
  EXPECT_THAT(error("tokenizer.ggml.merges", GgufArray(std::vector<std::string>{"a €"})),
              HasSubstr("tokenizer.ggml.merges[0]"));
  // Two tokens of one name, and one that stands for no bytes.
  const auto& tokens = *GetArray<std::string>(good.metadata, "tokenizer.ggml.tokens");
  std::vector<std::string> changed = tokens;
  changed[3] = changed[4];
  EXPECT_NE(error("tokenizer.ggml.tokens", GgufArray(changed)), "");
  changed = tokens;
  changed[3] = "€";
  EXPECT_THAT(error("tokenizer.ggml.tokens", GgufArray(changed)),
              HasSubstr("tokenizer.ggml.tokens[3]: expected characters that each stand for"));
  GgufMetadata metadata;
  const BpeVocabulary vocabulary = SmallVocabulary();
  EXPECT_FALSE(VocabularyToGguf(vocabulary, vocabulary.size() - 1, metadata).ok());
}

}  // namespace
}  // namespace gokart
