#include "ch07_instruct/judge.h"

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ch07_instruct/prompt_template.h"

namespace gokart {
namespace {

constexpr int kBestScore = 100;
constexpr int kBins = 10;
constexpr size_t kQuoted = 60;

absl::StatusOr<Verdict> JudgeOne(const InstructionEntry& entry, const std::string& response,
                                 const OllamaClient& client, bool is_first) {
  if (response.empty()) return Verdict{0, ""};
  const absl::StatusOr<std::string> answer = client.Chat(JudgePrompt(entry, response));
  if (!answer.ok()) {
    // Without a server no question will be answered; later on, one that fails is but one.
    if (is_first || absl::IsCancelled(answer.status())) return answer.status();
    return Verdict{std::nullopt, std::string(answer.status().message())};
  }
  const std::optional<int> score = ParseScore(*answer);
  if (score) return Verdict{score, ""};
  const std::string quoted = answer->substr(0, kQuoted);
  return Verdict{std::nullopt, absl::StrCat("an integer from 0 to 100 expected, found '", quoted,
                                            answer->size() > kQuoted ? "...'" : "'")};
}

}  // namespace

std::string JudgePrompt(const InstructionEntry& entry, const std::string& response) {
  // [exercise 7.8] The question to a judge
  // Task: Give "Given the input `...` and correct output `...`, score the model response `...` on a
  //       scale from 0 to 100, where 100 is the best score. Respond with the integer number only."
  //       with the request in Alpaca's template, the entry's output, and the response.
  // Hint: FindPromptTemplate("alpaca") is a template; Format gives a prompt, of which the request
  //       is wanted, not the header of an answer.
  // Hint: absl::StrCat puts texts together.
  // Test: //ch07_instruct:judge_test JudgePromptTest.*
  // Read: ch07_instruct/judge.h

  const PromptTemplate& alpaca = **FindPromptTemplate("alpaca");
  return absl::StrCat("Given the input `", alpaca.Format(entry.instruction, entry.input).request,
                      "` and correct output `", entry.output, "`, score the model response `",
                      response,
                      "` on a scale from 0 to 100, where 100 is the best score. "
                      "Respond with the integer number only.");
  // [end of exercise 7.8]
}

std::optional<int> ParseScore(std::string_view answer) {
  // [exercise 7.9] What a judge's answers come to
  // Task: Give the integer from 0 to kBestScore that the answer is, white space apart, and nothing
  //       for any other text. In Mean below give the mean of the scores that there are, NaN if
  //       there are none.
  // Hint: absl::SimpleAtoi(text, &number) is false unless the text is a number and nothing else.
  // Hint: An answer without a score is no zero: it counts neither above nor below the line.
  // Test: //ch07_instruct:judge_test JudgesAnswers.*
  // Read: ch07_instruct/judge.h

  int score = 0;
  if (!absl::SimpleAtoi(absl::string_view(answer.data(), answer.size()), &score)) {
    return std::nullopt;
  }
  if (score < 0 || score > kBestScore) return std::nullopt;
  return score;
  // [end of exercise 7.9]
}

int64_t JudgeReport::NumScored() const {
  return std::count_if(verdicts.begin(), verdicts.end(),
                       [](const Verdict& v) { return v.score.has_value(); });
}

double JudgeReport::Mean() const {
  // [exercise 7.9, continued]
  if (NumScored() == 0) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (const Verdict& v : verdicts) sum += v.score.value_or(0);
  return sum / static_cast<double>(NumScored());
  // [end of exercise 7.9]
}

BarChart JudgeReport::Histogram() const {
  BarChart chart = {.title = "Scores", .y_label = "answers", .series = {{.label = "answers"}}};
  chart.series[0].values.assign(kBins, 0);
  for (int bin = 0; bin < kBins; ++bin) {
    const int last = bin == kBins - 1 ? kBestScore : 10 * bin + 9;
    chart.categories.push_back(absl::StrCat(10 * bin, "-", last));
  }
  for (const Verdict& v : verdicts) {
    if (v.score) ++chart.series[0].values[std::min(*v.score / 10, kBins - 1)];
  }
  return chart;
}

absl::StatusOr<JudgeReport> JudgeAnswers(
    const std::vector<InstructionEntry>& entries, const std::string& response_field,
    const OllamaClient& client,
    const std::function<void(int64_t done, const Verdict&)>& on_verdict) {
  JudgeReport report;
  bool answered = false;
  for (const InstructionEntry& entry : entries) {
    const std::string response = entry.Extra(response_field);
    absl::StatusOr<Verdict> verdict = JudgeOne(entry, response, client, !answered);
    if (!verdict.ok()) return verdict.status();
    answered = answered || !response.empty();
    report.verdicts.push_back(*std::move(verdict));
    if (on_verdict) {
      on_verdict(static_cast<int64_t>(report.verdicts.size()), report.verdicts.back());
    }
  }
  return report;
}

}  // namespace gokart
