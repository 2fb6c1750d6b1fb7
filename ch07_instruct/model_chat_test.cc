#include "ch07_instruct/model_chat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ch02_data/character_tokenizer.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

constexpr char kLetters[] = "Q: HiGo onabcdyesAWht?fx.\n<|user>tn";

// A model of characters, as good as untrained.
InstructModel TinyModel(const std::string& prompt_template, int64_t context_length) {
  InstructModel model;
  model.trained.tokenizer = std::make_unique<CharacterTokenizer>(CharacterVocabulary(kLetters));
  GptConfig config = *FindGptConfig("laptop");
  config.vocab_size = model.trained.tokenizer->vocab_size();
  config.context_length = context_length;
  config.emb_dim = 16;
  config.n_heads = 2;
  config.n_layers = 1;
  ManualSeed(3);
  model.trained.model = std::make_unique<GPTModel>(config);
  model.prompt_template = *FindPromptTemplate(prompt_template);
  return model;
}

std::string PromptOf(const InstructModel& model, const ModelChatOptions& options,
                     const std::vector<ChatMessage>& messages, int64_t max_new_tokens = 10) {
  const auto ids = ModelChat(model, options).PromptIds(messages, max_new_tokens);
  return ids.ok() ? model.tokenizer().Decode(*ids) : std::string(ids.status().message());
}

ChatMessage User(const std::string& text) { return {.from_user = true, .text = text}; }
ChatMessage Model(const std::string& text) { return {.from_user = false, .text = text}; }

TEST(EntryOfMessageTest, TheLastLineIsTheInstruction) {
  EXPECT_EQ(EntryOfMessage("Hi").instruction, "Hi");
  EXPECT_EQ(EntryOfMessage("Hi").input, "");
  const InstructionEntry entry = EntryOfMessage("\nA fox.\nA hen.\n\n What? \n");
  EXPECT_EQ(entry.instruction, "What?");
  EXPECT_EQ(entry.input, "A fox.\nA hen.");
}

TEST(ModelChatTest, EarlierTurnsComeFirstEachWithItsEnd) {
  const InstructModel model = TinyModel("phi3", 200);
  EXPECT_EQ(PromptOf(model, {}, {User("Hi"), Model("yes"), User("Go on")}),
            "<|user|>\nHi\n<|assistant|>:\nyes<|endoftext|><|user|>\nGo on\n<|assistant|>:\n");
  EXPECT_EQ(PromptOf(model, {.max_turns = 0}, {User("Hi"), Model("yes"), User("Go on")}),
            "<|user|>\nGo on\n<|assistant|>:\n");
}

TEST(ModelChatTest, TheTemplateOfTheLaptopModelShowsNoEarlierTurnsUnlessAsked) {
  const InstructModel model = TinyModel("short", 100);
  const std::vector<ChatMessage> messages = {User("Hi"), Model("yes"), User("Go on")};
  EXPECT_EQ(PromptOf(model, {}, messages), "Q: Go on\nA:");
  EXPECT_EQ(PromptOf(model, {.max_turns = 1}, messages), "Q: Hi\nA: yes<|endoftext|>Q: Go on\nA:");
}

TEST(ModelChatTest, FurtherQuestionsAreAboutTheSameInput) {
  const InstructModel model = TinyModel("short", 100);
  EXPECT_EQ(PromptOf(model, {}, {User("a fox\nHi"), Model("yes"), User("What?")}),
            "a fox\nQ: What?\nA:");
  EXPECT_EQ(PromptOf(model, {}, {User("a fox\nHi"), Model("yes"), User("a den\nWhat?")}),
            "a den\nQ: What?\nA:");
}

// A turn is 13 tokens here, "Q: Hi\nA: yes" and its end; the question has 8.
TEST(ModelChatTest, TheOldestTurnsGoWhenTheContextIsFull) {
  std::vector<ChatMessage> messages;
  for (int i = 0; i < 5; ++i) {
    messages.push_back(User("Hi"));
    messages.push_back(Model("yes"));
  }
  messages.push_back(User("Hi"));
  const auto turns = [&](int64_t context, int64_t max_new_tokens) {
    const InstructModel model = TinyModel("short", context);
    const auto ids = ModelChat(model, {.max_turns = 100}).PromptIds(messages, max_new_tokens);
    return ids.ok() ? static_cast<int64_t>(ids->size() - 8) / 13 : -1;
  };
  EXPECT_EQ(turns(200, 10), 5);
  EXPECT_EQ(turns(44, 10), 2);  // 8 + 2 * 13 = 34 = 44 - 10
  EXPECT_EQ(turns(43, 10), 1);
  EXPECT_EQ(turns(12, 100), 0);  // a quarter of the context at most is kept for the answer
}

TEST(ModelChatTest, RefusesWhatIsNoQuestion) {
  const InstructModel model = TinyModel("short", 20);
  EXPECT_EQ(PromptOf(model, {}, {}), "there is no question to answer");
  EXPECT_EQ(PromptOf(model, {}, {User("Hi"), Model("yes")}), "there is no question to answer");
  EXPECT_EQ(PromptOf(model, {}, {User(" \n ")}), "there is no question to answer");
  EXPECT_THAT(PromptOf(model, {}, {User(std::string(30, 'a'))}),
              HasSubstr("the question has 36 tokens, but the model's context holds 20"));
}

TEST(ModelChatTest, StreamsWhatItReturnsAndCanBeStopped) {
  const InstructModel model = TinyModel("short", 64);
  ModelChat chat(model, {.name = "tiny"});
  EXPECT_THAT(chat.description(), HasSubstr("tiny, "));
  std::string text;
  const auto tokens = chat.Answer({User("Hi")}, {.max_new_tokens = 20}, [&](std::string_view s) {
    text += s;
    return true;
  });
  ASSERT_TRUE(tokens.ok());
  EXPECT_LE(*tokens, 20);
  const auto expected = Respond(model, "Hi", "", {.max_new_tokens = 20});
  EXPECT_EQ(model.prompt_template->ExtractResponse(text), *expected);
  int pieces = 0;
  const auto stopped = chat.Answer({User("Hi")}, {.temperature = 5, .max_new_tokens = 20},
                                   [&](std::string_view) { return ++pieces < 2; });
  ASSERT_TRUE(stopped.ok());
  EXPECT_LE(pieces, 2);
  EXPECT_LT(*stopped, 20);
}

}  // namespace
}  // namespace gokart
