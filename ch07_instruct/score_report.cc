#include "ch07_instruct/score_report.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch05_pretrain/loss.h"

namespace gokart {
namespace {

std::string Percent(int64_t part, int64_t whole) {
  if (whole == 0) return "-";
  return absl::StrFormat("%.1f%%", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string PerplexityOf(const AnswerScore& score) {
  if (score.loss_tokens == 0 || !std::isfinite(score.loss)) return "-";
  return absl::StrFormat("%.2f", Perplexity(score.loss));
}

const AnswerScore* Find(const ScoreTable& table, const std::string& task) {
  for (const AnswerScore& score : table.tasks) {
    if (score.task == task) return &score;
  }
  return nullptr;
}

void AddRow(const AnswerScore& score, const AnswerScore* before, bool with_before, Table& table) {
  std::vector<std::string> row = {
      score.task.empty() ? "-" : score.task,  absl::StrCat(score.entries),
      Percent(score.correct, score.entries),  Percent(score.exact, score.entries),
      absl::StrFormat("%.3f", score.overlap), PerplexityOf(score)};
  if (with_before) {
    row.push_back(before == nullptr ? "-" : Percent(before->correct, before->entries));
    row.push_back(before == nullptr ? "-" : PerplexityOf(*before));
  }
  table.AddRow(row);
}

}  // namespace

std::string FormatShare(int64_t part, int64_t whole) {
  return absl::StrCat(part, " of ", whole, " (", Percent(part, whole), ")");
}

Table ScoreTableToPrint(const ScoreTable& scores, const ScoreTable* before) {
  std::vector<std::string> columns = {"task",  "entries", "correct",
                                      "exact", "overlap", "perplexity"};
  if (before != nullptr) columns.insert(columns.end(), {"correct before", "perplexity before"});
  Table table(columns);
  if (scores.tasks.size() > 1) {
    for (const AnswerScore& score : scores.tasks) {
      AddRow(score, before ? Find(*before, score.task) : nullptr, before != nullptr, table);
    }
  }
  AddRow(scores.total, before ? &before->total : nullptr, before != nullptr, table);
  return table;
}

}  // namespace gokart
