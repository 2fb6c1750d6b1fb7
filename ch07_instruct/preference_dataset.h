// Preferences as training examples (workshop's chapter 7 bonus on preference tuning): for each
// prompt an answer that was chosen and one that was rejected.
//
//   absl::StatusOr<std::vector<InstructionEntry>> entries =
//       ReadInstructions("instruction-data-with-preference.json", {"chosen", "rejected"});
//   absl::StatusOr<PreferenceDataset> data = PreferenceDataset::Make(*entries, alpaca, tokenizer);
//   Batch batch = data->Get({{0, 1}});   // 4 rows: chosen 0, chosen 1, rejected 0, rejected 1
#ifndef GOKART_CH07_INSTRUCT_PREFERENCE_DATASET_H_
#define GOKART_CH07_INSTRUCT_PREFERENCE_DATASET_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "ch02_data/dataset.h"
#include "ch02_data/tokenizer.h"
#include "ch07_instruct/instruction_entry.h"
#include "ch07_instruct/prompt_template.h"

namespace gokart {

/// The ids of prompt and answer; the first `prompt_length` of them count for nothing.
struct PreferencePair {
  std::vector<int32_t> chosen, rejected;
  int64_t prompt_length = 0;
};

class PreferenceDataset : public Dataset {
 public:
  /// Prompts as the workshop masks them: the request and the two tokens behind it, the line breaks
  /// before "### Response:"; the header itself counts. Texts are cut off at `allowed_max_length`.
  /// `with_ends`: an end of text belongs to each answer; the workshop's have none.
  /// Errors, by the number of the entry: a text that the tokenizer refuses, or an answer of which
  /// nothing would be left. And: a tokenizer without an end of text.
  static absl::StatusOr<PreferenceDataset> Make(
      const std::vector<InstructionEntry>& entries, const PromptTemplate& prompt_template,
      const Tokenizer& tokenizer, std::optional<int64_t> allowed_max_length = std::nullopt,
      bool with_ends = false);

  int64_t size() const override { return static_cast<int64_t>(pairs_.size()); }

  /// 2 B rows: the chosen texts, then the rejected ones, all filled up to one length. Targets are
  /// the next tokens of the answers; all others are -100.
  Batch Get(std::span<const int64_t> examples) const override;

  const std::vector<PreferencePair>& pairs() const { return pairs_; }

 private:
  std::vector<PreferencePair> pairs_;
  int32_t end_of_text_ = 0;
};

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_PREFERENCE_DATASET_H_
