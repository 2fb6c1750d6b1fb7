// A larger model as the judge of answers (workshop section 7.8): it gives each a number from 0 to
// 100.
//
//   absl::StatusOr<JudgeReport> report = JudgeAnswers(entries, "model_response", client, alpaca);
//   report->Mean();     // over those that were scored
#ifndef GOKART_CH07_INSTRUCT_JUDGE_H_
#define GOKART_CH07_INSTRUCT_JUDGE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ch07_instruct/instruction_entry.h"
#include "ch07_instruct/ollama_client.h"
#include "workshop/chart.h"

namespace gokart {

/// The workshop's question: the request in Alpaca's template, the correct output, the response.
std::string JudgePrompt(const InstructionEntry& entry, const std::string& response);

/// The integer from 0 to 100 that `answer` is, white space apart; nothing if it is anything else.
std::optional<int> ParseScore(std::string_view answer);

/// What became of one answer.
struct Verdict {
  std::optional<int> score;
  std::string problem;  ///< why there is no score
};

struct JudgeReport {
  std::vector<Verdict> verdicts;  ///< one for each entry

  int64_t NumScored() const;
  double Mean() const;  ///< NaN if nothing was scored
  /// How many scores there are from 0 to 9, 10 to 19, ..., 90 to 100.
  BarChart Histogram() const;
};

/// Judges the texts in field `response_field` of all entries. An empty response gets 0 without a
/// question, as in the workshop; an answer that is no number is left out and reported. on_verdict
/// comes after each. Errors: the first question already finds no server or no model; CANCELLED.
absl::StatusOr<JudgeReport> JudgeAnswers(
    const std::vector<InstructionEntry>& entries, const std::string& response_field,
    const OllamaClient& client,
    const std::function<void(int64_t done, const Verdict&)>& on_verdict = nullptr);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_JUDGE_H_
