#include "ch07_instruct/augment.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

constexpr char kField[] = "output_2";
constexpr int64_t kSaveEvery = 20;

}  // namespace

std::string PassiveVoicePrompt(const std::string& text) {
  return absl::StrCat(
      "Without adding any response or explanation, convert the following text to passive voice: ",
      text);
}

absl::Status AddPassiveVoice(std::vector<InstructionEntry>& entries, const OllamaClient& client,
                             const std::function<absl::Status()>& save,
                             const std::function<void(int64_t done)>& on_done) {
  int64_t done = 0;
  for (InstructionEntry& entry : entries) {
    if (entry.Extra(kField).empty()) {
      absl::StatusOr<std::string> answer = client.Chat(PassiveVoicePrompt(entry.output));
      if (!answer.ok()) {
        if (absl::Status s = save(); !s.ok()) return s;
        return answer.status();
      }
      absl::StripAsciiWhitespace(&*answer);
      entry.extra[kField] = *std::move(answer);
    }
    if (++done % kSaveEvery == 0) {
      if (absl::Status s = save(); !s.ok()) return s;
    }
    if (on_done) on_done(done);
  }
  return save();
}

}  // namespace gokart
