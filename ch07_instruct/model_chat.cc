#include "ch07_instruct/model_chat.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/generate.h"
#include "ch05_pretrain/text_stream.h"
#include "ch07_instruct/instruction_dataset.h"
#include "workshop/human.h"

namespace gokart {
namespace {

std::string Trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

// A message of the user and the answer that it got.
struct Turn {
  InstructionEntry entry;
  std::optional<std::string> answer;
};

std::vector<Turn> TurnsOf(const std::vector<ChatMessage>& messages) {
  std::vector<Turn> turns;
  std::string input;
  for (const ChatMessage& message : messages) {
    if (message.from_user) {
      Turn turn = {EntryOfMessage(message.text), std::nullopt};
      if (turn.entry.input.empty()) turn.entry.input = input;
      input = turn.entry.input;
      turns.push_back(std::move(turn));
    } else if (!turns.empty()) {
      turns.back().answer = message.text;
    }
  }
  return turns;
}

}  // namespace

InstructionEntry EntryOfMessage(const std::string& text) {
  const std::string message = Trimmed(text);
  const size_t line = message.rfind('\n');
  if (line == std::string::npos) return {.instruction = message};
  return {.instruction = Trimmed(message.substr(line + 1)),
          .input = Trimmed(message.substr(0, line))};
}

ModelChat::ModelChat(const InstructModel& model, const ModelChatOptions& options)
    : model_(model), options_(options) {
  if (options_.max_turns < 0 && model.prompt_template->name == "short") options_.max_turns = 0;
}

std::string ModelChat::description() const {
  return absl::StrCat(options_.name, ", ",
                      FormatShortCount(static_cast<double>(model_.model().NumParameters())),
                      " parameters");
}

absl::StatusOr<std::vector<int32_t>> ModelChat::TurnIds(const InstructionEntry& entry,
                                                        const std::string* answer) const {
  const Prompt prompt = model_.prompt_template->Format(entry.instruction, entry.input);
  absl::StatusOr<std::vector<int32_t>> ids =
      EncodePlainText(model_.tokenizer(), answer ? prompt.With(*answer) : prompt.Text());
  const std::optional<int32_t> end = model_.tokenizer().EndOfText();
  if (ids.ok() && answer && end) ids->push_back(*end);
  return ids;
}

absl::StatusOr<std::vector<int32_t>> ModelChat::PromptIds(const std::vector<ChatMessage>& messages,
                                                          int64_t max_new_tokens) const {
  const std::vector<Turn> turns = TurnsOf(messages);
  if (turns.empty() || !messages.back().from_user || turns.back().entry.instruction.empty()) {
    return absl::InvalidArgumentError("there is no question to answer");
  }
  absl::StatusOr<std::vector<int32_t>> ids = TurnIds(turns.back().entry, nullptr);
  if (!ids.ok()) return ids.status();
  const int64_t context = model_.model().config.context_length;
  if (static_cast<int64_t>(ids->size()) >= context) {
    return absl::InvalidArgumentError(absl::StrCat("the question has ", ids->size(),
                                                   " tokens, but the model's context holds ",
                                                   context, " with the answer"));
  }
  // Earlier turns, the latest first, while a quarter of the context stays free for the answer.
  const int64_t room = context - std::min(max_new_tokens, context / 4);
  int64_t shown = 0;
  for (auto turn = turns.rbegin() + 1; turn != turns.rend(); ++turn, ++shown) {
    if (options_.max_turns >= 0 && shown >= options_.max_turns) break;
    if (!turn->answer) continue;
    absl::StatusOr<std::vector<int32_t>> before = TurnIds(turn->entry, &*turn->answer);
    if (!before.ok()) return before.status();
    if (static_cast<int64_t>(before->size() + ids->size()) > room) break;
    ids->insert(ids->begin(), before->begin(), before->end());
  }
  return ids;
}

absl::StatusOr<int64_t> ModelChat::Answer(const std::vector<ChatMessage>& messages,
                                          const AnswerOptions& options, const OnText& on_text) {
  absl::StatusOr<std::vector<int32_t>> ids = PromptIds(messages, options.max_new_tokens);
  if (!ids.ok()) return ids.status();
  TextStream stream(model_.tokenizer(), {model_.prompt_template->next_request}, ids->back());
  Generator generator(options.seed);
  int64_t tokens = 0;
  bool begun = false, wanted = true;
  const auto show = [&](std::string text) {
    // The answer begins with its first letter: templates differ in what stands before it.
    if (!begun) text.erase(0, text.find_first_not_of(" \t\r\n"));
    begun = begun || !text.empty();
    if (!text.empty()) wanted = on_text(text);
    return wanted;
  };
  Generate(model_.model(), *std::move(ids),
           {.max_new_tokens = options.max_new_tokens,
            .sampling = {.temperature = options.temperature},
            .eos_id = model_.tokenizer().EndOfText()},
           generator, [&](int32_t token) {
             ++tokens;
             return show(stream.Add(token)) && !stream.stopped();
           });
  if (wanted && !stream.stopped()) show(stream.Finish());
  return tokens;
}

}  // namespace gokart
