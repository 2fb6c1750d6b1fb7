// Byte-pair encoding and its training as they are defined, slowly, showing every step. What the
// fast tokenizer and trainer are compared with in tests, and what the tour prints.
//
//     BpeExplainer explainer(vocabulary);
//     explainer.Explain(" the")         // with GPT-2's vocabulary (␣ is a space):
//         ␣|t|h|e      ␣ + t,   rank 0
//         ␣t|h|e       h + e,   rank 2
//         ␣t|he        ␣t + he, rank 6
//         ␣the
//     explainer.Encode("It's tokens.")  // the ids, by nothing but the definition

#ifndef GOKART_CH02_DATA_BPE_EXPLAINED_H_
#define GOKART_CH02_DATA_BPE_EXPLAINED_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ch02_data/bpe_vocabulary.h"

namespace gokart {

/// GPT-2's split pattern given to ICU's regular expressions, word for word but for \s, which ICU
/// reads otherwise and which is spelled \p{White_Space}. Bytes that are not UTF-8 match as U+FFFD.
/// Throws std::runtime_error where the engine gives up (white space by the million).
std::vector<std::string> SplitByPattern(std::string_view text);

/// One step of encoding: `parts` as they are, and which neighbours merge next.
struct MergeStep {
  std::vector<std::string> parts;
  size_t position;  // of the left one of the two parts that merge
  int32_t rank;
};

class BpeExplainer {
 public:
  /// `vocabulary` must outlive it.
  explicit BpeExplainer(const BpeVocabulary& vocabulary);

  /// The steps from single bytes to tokens; the last one, with rank -1, has nothing left to merge.
  std::vector<MergeStep> Explain(std::string_view piece) const;

  /// The ids of a text without special tokens.
  std::vector<int32_t> Encode(std::string_view text) const;

 private:
  const BpeVocabulary& vocabulary_;
  std::map<std::pair<std::string, std::string>, int32_t> rank_of_;
};

/// One step of training: the most frequent pair becomes a token.
struct TrainingStep {
  std::string left, right;
  int64_t count;
};

enum class TieRule {
  kFirstSeen,    // the workshop's: of equally frequent pairs the one that comes first in the text
  kSmallestIds,  // BpeTrainer's: see there
};

/// Learns up to `num_merges` merges from `pieces`, counting all pairs anew at each step. Stops when
/// no pair occurs `min_count` times.
std::vector<TrainingStep> ExplainTraining(const std::vector<std::string>& pieces, int num_merges,
                                          TieRule tie_rule, int64_t min_count = 1);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_BPE_EXPLAINED_H_
