#include "ch07_instruct/chat_command.h"

#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "workshop/interrupt.h"
#include "workshop/section.h"
#include "workshop/terminal.h"

namespace gokart {
namespace {

constexpr char kHelp[] =
    "A line is an instruction. Text that it is about comes first, on a line of its own that begins "
    "with /input; later instructions are about it, too.\n\n"
    "  /input TEXT   what the next instructions are about\n"
    "  /new          forget all that was said\n"
    "  /help         this page\n"
    "  /quit         the end (or Ctrl-D); Ctrl-C ends an answer, or drops a line";

class Chat {
 public:
  Chat(ModelChat& chat, const AnswerOptions& options) : chat_(chat), options_(options) {}

  // False at the end.
  bool Take(const std::string& line) {
    if (line == "/quit" || line == "/exit") return false;
    if (line == "/help") {
      PrintProse(kHelp);
    } else if (line == "/new") {
      messages_.clear();
      input_.clear();
    } else if (line.rfind("/input ", 0) == 0) {
      messages_.clear();
      input_ = line.substr(7);
    } else if (line.rfind('/', 0) == 0) {
      std::fprintf(stderr, "There is no %s; /help says what there is.\n", line.c_str());
    } else if (line.find_first_not_of(" \t") != std::string::npos) {
      Ask(line);
    }
    return true;
  }

 private:
  void Ask(const std::string& line) {
    messages_.push_back({.text = input_.empty() ? line : input_ + "\n" + line});
    input_.clear();
    std::string answer;
    const InterruptGuard interrupt;
    const absl::StatusOr<int64_t> tokens =
        chat_.Answer(messages_, options_, [&](std::string_view piece) {
          answer += piece;
          std::fwrite(piece.data(), 1, piece.size(), stdout);
          std::fflush(stdout);
          return !interrupt.Requested();
        });
    if (!tokens.ok()) {
      std::fprintf(stderr, "%s\n", std::string(tokens.status().message()).c_str());
      messages_.pop_back();
      return;
    }
    std::printf("\n");
    std::fflush(stdout);
    messages_.push_back({.from_user = false, .text = answer});
  }

  ModelChat& chat_;
  const AnswerOptions& options_;
  std::vector<ChatMessage> messages_;
  std::string input_;  // of the next message
};

}  // namespace

absl::Status ChatInTerminal(ModelChat& chat, const AnswerOptions& options, LineReader& reader) {
  if (reader.on_terminal()) {
    PrintProse("Chat with " + chat.description() + ". /help explains, Ctrl-D ends.");
  }
  Chat session(chat, options);
  for (;;) {
    const std::optional<std::string> line = reader.Read("> ");
    if (!line && reader.on_terminal()) std::printf("\n");
    if (!line || !session.Take(*line)) return absl::OkStatus();
  }
}

}  // namespace gokart
