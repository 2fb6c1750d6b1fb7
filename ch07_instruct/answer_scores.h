// How good answers are, without a judge: exactly right, right by a condition, or at least similar;
// and how likely a model holds the right ones.
//
//   ScoreTable scores = ScoreAnswers(entries, answers);
//   scores.total.correct                    // of scores.total.entries
//   scores.tasks[0]                         // the same for the entries of one task
#ifndef GOKART_CH07_INSTRUCT_ANSWER_SCORES_H_
#define GOKART_CH07_INSTRUCT_ANSWER_SCORES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ch07_instruct/instruction_entry.h"
#include "ch07_instruct/respond.h"

namespace gokart {

/// Whether it is the answer, but for white space around it.
bool IsExact(const InstructionEntry& entry, std::string_view answer);

/// Whether an answer is right. For entries with a field "words" (going on with a story), of which
/// there are many right answers: it has these words, ends a sentence, and the story grammar can
/// have it behind the entry's input. For all others: it is exact.
bool IsCorrect(const InstructionEntry& entry, std::string_view answer);

/// How much of the words two texts share, from 0 to 1, whatever their order: the F1 score of SQuAD
/// (Rajpurkar et al. 2016, arXiv 1606.05250), the harmonic mean of the shared part of either. Words
/// are compared in small letters and without punctuation; two texts without words are equal.
double WordOverlap(std::string_view a, std::string_view b);

/// Scores of a number of entries.
struct AnswerScore {
  std::string task;
  int64_t entries = 0, exact = 0, correct = 0;
  double overlap = 0;  ///< mean
  double loss = 0;     ///< nats per token of the right answers; NaN if not measured
  int64_t loss_tokens = 0;

  double CorrectShare() const { return entries == 0 ? 0 : double(correct) / double(entries); }
};

struct ScoreTable {
  std::vector<AnswerScore> tasks;  ///< by their names
  AnswerScore total;
};

/// Scores by task. Throws std::invalid_argument unless there is an answer for each entry.
ScoreTable ScoreAnswers(const std::vector<InstructionEntry>& entries,
                        const std::vector<std::string>& answers);

/// Adds the losses of the right answers: how likely the model holds them, prompts apart.
absl::Status AddLosses(const InstructModel& model, const std::vector<InstructionEntry>& entries,
                       ScoreTable& table);

/// Answers all entries, and scores the answers.
struct ScoredAnswers {
  std::vector<std::string> answers;
  ScoreTable scores;
};
absl::StatusOr<ScoredAnswers> AnswerAndScore(const InstructModel& model,
                                             const std::vector<InstructionEntry>& entries,
                                             const RespondOptions& options,
                                             const std::function<void(int64_t)>& on_done = nullptr);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_ANSWER_SCORES_H_
