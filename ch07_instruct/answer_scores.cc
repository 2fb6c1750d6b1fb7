#include "ch07_instruct/answer_scores.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>
#include <stdexcept>

#include "ch05_pretrain/loss.h"
#include "ch07_instruct/instruction_dataset.h"
#include "tensor/ops/cross_entropy.h"
#include "workshop/stories/stories.h"

namespace gokart {
namespace {

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

// Words in small letters: runs of letters, digits and bytes of other scripts.
std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words(1);
  for (unsigned char c : text) {
    if (std::isalnum(c) || c >= 0x80) {
      words.back() += static_cast<char>(std::tolower(c));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool HasWord(const std::vector<std::string>& words, const std::string& text) {
  const std::vector<std::string> wanted = Words(text);
  return std::search(words.begin(), words.end(), wanted.begin(), wanted.end()) != words.end();
}

bool EndsSentence(std::string_view text) {
  if (text.ends_with('"')) text.remove_suffix(1);
  return text.ends_with('.') || text.ends_with('!') || text.ends_with('?');
}

AnswerScore& ScoreOf(ScoreTable& table, const std::string& task) {
  for (AnswerScore& score : table.tasks) {
    if (score.task == task) return score;
  }
  table.tasks.push_back({.task = task});
  return table.tasks.back();
}

void Add(const InstructionEntry& entry, const std::string& answer, AnswerScore& score) {
  const double n = static_cast<double>(score.entries++);
  score.exact += IsExact(entry, answer);
  score.correct += IsCorrect(entry, answer);
  score.overlap = (score.overlap * n + WordOverlap(entry.output, answer)) / (n + 1);
  score.loss = std::numeric_limits<double>::quiet_NaN();
}

int64_t CountTargets(const Batch& batch) {
  const std::span<const int32_t> targets = Flat(batch.targets);
  return std::count_if(targets.begin(), targets.end(),
                       [](int32_t target) { return target != ops::kIgnoreIndex; });
}

void AddLoss(double loss, int64_t tokens, AnswerScore& score) {
  if (score.loss_tokens == 0) score.loss = 0;
  const auto before = static_cast<double>(score.loss_tokens), more = static_cast<double>(tokens);
  score.loss = (score.loss * before + loss * more) / (before + more);
  score.loss_tokens += tokens;
}

}  // namespace

bool IsExact(const InstructionEntry& entry, std::string_view answer) {
  return Trim(answer) == Trim(entry.output);
}

bool IsCorrect(const InstructionEntry& entry, std::string_view answer) {
  const auto wanted = entry.extra.find("words");
  if (wanted == entry.extra.end() || !wanted->is_array()) return IsExact(entry, answer);
  const std::string_view said = Trim(answer);
  const std::vector<std::string> words = Words(said);
  for (const auto& word : *wanted) {
    if (!word.is_string() || !HasWord(words, word.get<std::string>())) return false;
  }
  return EndsSentence(said) && CheckGrammar(entry.input + " " + std::string(said)).prefix;
}

double WordOverlap(std::string_view a, std::string_view b) {
  // [exercise 7.10] Words that two texts share
  // Task: Give the F1 score of the words of both texts: 2 * shared / (words of a + words of b),
  //       where a word counts as often as it is in both. Two texts without words are equal; one
  //       alone shares nothing.
  // Hint: Words(text) are the words of a text.
  // Hint: Count the words of one text in a std::map, and take them out with those of the other.
  // Test: //ch07_instruct:answer_scores_test WordOverlapTest.*
  // Read: ch07_instruct/answer_scores.h

  const std::vector<std::string> words_a = Words(a), words_b = Words(b);
  if (words_a.empty() || words_b.empty()) return words_a.size() == words_b.size() ? 1 : 0;
  std::map<std::string, int64_t> counts;
  for (const std::string& word : words_a) ++counts[word];
  int64_t shared = 0;
  for (const std::string& word : words_b) {
    if (--counts[word] >= 0) ++shared;
  }
  return 2.0 * static_cast<double>(shared) / static_cast<double>(words_a.size() + words_b.size());
  // [end of exercise 7.10]
}

ScoreTable ScoreAnswers(const std::vector<InstructionEntry>& entries,
                        const std::vector<std::string>& answers) {
  if (entries.size() != answers.size()) {
    throw std::invalid_argument("ScoreAnswers: " + std::to_string(entries.size()) +
                                " entries, but " + std::to_string(answers.size()) + " answers");
  }
  ScoreTable table;
  table.total.task = "all";
  for (size_t i = 0; i < entries.size(); ++i) {
    Add(entries[i], answers[i], ScoreOf(table, entries[i].task));
    Add(entries[i], answers[i], table.total);
  }
  std::sort(table.tasks.begin(), table.tasks.end(),
            [](const AnswerScore& a, const AnswerScore& b) { return a.task < b.task; });
  return table;
}

absl::Status AddLosses(const InstructModel& model, const std::vector<InstructionEntry>& entries,
                       ScoreTable& table) {
  absl::StatusOr<InstructionDataset> dataset = InstructionDataset::Make(
      entries, *model.prompt_template, model.tokenizer(),
      {.masking = Masking::kPrompt, .allowed_max_length = model.model().config.context_length});
  if (!dataset.ok()) return dataset.status();
  const NoGrad no_grad;
  const EvalMode eval(model.model());
  for (int64_t i = 0; i < dataset->size(); ++i) {
    const Batch batch = dataset->Get({&i, 1});
    const double loss = LossOfBatch(model.model(), batch).item();
    AddLoss(loss, CountTargets(batch), ScoreOf(table, entries[i].task));
    AddLoss(loss, CountTargets(batch), table.total);
  }
  return absl::OkStatus();
}

absl::StatusOr<ScoredAnswers> AnswerAndScore(const InstructModel& model,
                                             const std::vector<InstructionEntry>& entries,
                                             const RespondOptions& options,
                                             const std::function<void(int64_t)>& on_done) {
  absl::StatusOr<std::vector<std::string>> answers = RespondToAll(model, entries, options, on_done);
  if (!answers.ok()) return answers.status();
  ScoredAnswers scored = {*std::move(answers), {}};
  scored.scores = ScoreAnswers(entries, scored.answers);
  if (absl::Status s = AddLosses(model, entries, scored.scores); !s.ok()) return s;
  return scored;
}

}  // namespace gokart
