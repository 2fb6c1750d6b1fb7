// Instruction entries as training examples: prompt and answer in one text, tokenised once
// (workshop section 7.3, InstructionDataset).
//
//   absl::StatusOr<InstructionDataset> train =
//       InstructionDataset::Make(entries, *alpaca, tokenizer, {.allowed_max_length = 1024});
//   DataLoader loader(*train, {.batch_size = 8});
#ifndef GOKART_CH07_INSTRUCT_INSTRUCTION_DATASET_H_
#define GOKART_CH07_INSTRUCT_INSTRUCTION_DATASET_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "ch02_data/dataset.h"
#include "ch02_data/tokenizer.h"
#include "ch07_instruct/collate.h"
#include "ch07_instruct/instruction_entry.h"
#include "ch07_instruct/prompt_template.h"

namespace gokart {

/// What the loss leaves out.
enum class Masking {
  kNothing,      ///< the model learns to write requests, too
  kInstruction,  ///< the request, not the header of the answer (exercise 7.2)
  kPrompt,       ///< all but the answer: to measure how likely answers are
};

struct InstructionDatasetOptions {
  Masking masking = Masking::kNothing;
  std::optional<int64_t> allowed_max_length;  ///< longer texts are cut off
};

class InstructionDataset : public Dataset {
 public:
  /// Errors, by the number of the entry: a text that the tokenizer refuses; with masking, a text of
  /// which nothing would be left to learn. And: a tokenizer without an end of text.
  static absl::StatusOr<InstructionDataset> Make(const std::vector<InstructionEntry>& entries,
                                                 const PromptTemplate& prompt_template,
                                                 const Tokenizer& tokenizer,
                                                 const InstructionDatasetOptions& options = {});

  int64_t size() const override { return static_cast<int64_t>(texts_.size()); }
  Batch Get(std::span<const int64_t> examples) const override;

  const std::vector<InstructionIds>& texts() const { return texts_; }
  int64_t LongestText() const;
  /// Texts that lose their end to allowed_max_length.
  int64_t NumCutOff() const;

 private:
  InstructionDataset() = default;
  std::vector<InstructionIds> texts_;
  int32_t end_of_text_ = 0;
  std::optional<int64_t> allowed_max_length_;
};

/// Ids of a text that somebody wrote: special tokens in it are but letters.
absl::StatusOr<std::vector<int32_t>> EncodePlainText(const Tokenizer& tokenizer,
                                                     const std::string& text);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_INSTRUCTION_DATASET_H_
