// Texts as rows of token ids with the number of their class, for a data loader (workshop section
// 6.3, SpamDataset).
//
//   ClassificationDataset train(*EncodeTexts(tokenizer, texts), labels, {.pad_id = 50256});
//   DataLoader loader(train, {.batch_size = 8});   // inputs [8, 120], targets [8, 1]
#ifndef GOKART_CH06_CLASSIFY_CLASSIFICATION_DATASET_H_
#define GOKART_CH06_CLASSIFY_CLASSIFICATION_DATASET_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ch02_data/dataset.h"
#include "ch02_data/tokenizer.h"
#include "ch06_classify/labelled_texts.h"

namespace gokart {

struct PaddingOptions {
  int32_t pad_id = 50256;  ///< what fills a row up, behind the text
  /// Tokens in a row; longer texts are cut off. 0: as many as the longest text has.
  int64_t max_length = 0;
  /// Rows only as long as the longest text of their batch: no padding at all in batches of one.
  bool pad_to_batch = false;
};

class ClassificationDataset : public Dataset {
 public:
  /// One class number per text. Throws std::invalid_argument for another number of them.
  ClassificationDataset(std::vector<std::vector<int32_t>> texts, std::vector<int32_t> classes,
                        const PaddingOptions& padding);

  int64_t size() const override { return static_cast<int64_t>(texts_.size()); }
  /// Inputs [B, T], targets [B, 1]: the classes.
  Batch Get(std::span<const int64_t> examples) const override;

  /// Tokens in a row, or at most, if rows are as long as their batch needs.
  int64_t max_length() const { return padding_.max_length; }

 private:
  std::vector<std::vector<int32_t>> texts_;
  std::vector<int32_t> classes_;
  PaddingOptions padding_;
};

/// Each text as token ids; special tokens are text like any other. Errors name the line: a text
/// that the tokenizer cannot encode.
absl::StatusOr<std::vector<std::vector<int32_t>>> EncodeTexts(
    const Tokenizer& tokenizer, const std::vector<LabelledText>& texts, const std::string& source);

/// The number of tokens in the longest text.
int64_t LongestText(const std::vector<std::vector<int32_t>>& texts);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_CLASSIFICATION_DATASET_H_
