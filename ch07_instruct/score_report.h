// Scores of answers as a table, a model against another.
#ifndef GOKART_CH07_INSTRUCT_SCORE_REPORT_H_
#define GOKART_CH07_INSTRUCT_SCORE_REPORT_H_

#include <string>
#include <vector>

#include "ch07_instruct/answer_scores.h"
#include "workshop/table.h"

namespace gokart {

/// One row for each task, and one for all. Columns: entries, correct, exact, overlap of words,
/// perplexity of the right answers; and, where `before` is not null, what the model got right
/// before it was finetuned.
Table ScoreTableToPrint(const ScoreTable& scores, const ScoreTable* before = nullptr);

/// "48 of 50 (96.0%)".
std::string FormatShare(int64_t part, int64_t whole);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_SCORE_REPORT_H_
