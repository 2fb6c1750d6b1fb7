#include "ch06_classify/classification_dataset.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gokart {

ClassificationDataset::ClassificationDataset(std::vector<std::vector<int32_t>> texts,
                                             std::vector<int32_t> classes,
                                             const PaddingOptions& padding)
    : texts_(std::move(texts)), classes_(std::move(classes)), padding_(padding) {
  if (texts_.size() != classes_.size()) {
    throw std::invalid_argument("ClassificationDataset: " + std::to_string(texts_.size()) +
                                " texts, but classes of " + std::to_string(classes_.size()));
  }
  if (padding_.max_length == 0) padding_.max_length = LongestText(texts_);
  padding_.max_length = std::max<int64_t>(padding_.max_length, 1);  // a row has a token at least
  for (std::vector<int32_t>& text : texts_) {
    if (static_cast<int64_t>(text.size()) > padding_.max_length) text.resize(padding_.max_length);
  }
}

Batch ClassificationDataset::Get(std::span<const int64_t> examples) const {
  for (const int64_t i : examples) {
    if (i >= 0 && i < size()) continue;
    throw std::invalid_argument("ClassificationDataset: no example " + std::to_string(i) + " of " +
                                std::to_string(size()));
  }
  // [exercise 6.3] Rows of equal length
  // Task: Give the texts of `examples` as inputs [B, T], filled up behind the text with
  //       padding_.pad_id, and their classes as targets [B, 1]. T is padding_.max_length, or with
  //       pad_to_batch the length of the longest of these texts, at least 1.
  // Hint: TokenIds({rows, columns}) makes a table, fill(id) fills it, data() are its numbers row
  //       after row.
  // Hint: Texts were cut to max_length when the data set was made; here none is too long.
  // Test: //ch06_classify:classification_dataset_test RowsOfABatch.*
  // Read: ch06_classify/classification_dataset.h

  size_t columns = padding_.pad_to_batch ? 1 : static_cast<size_t>(padding_.max_length);
  for (const int64_t i : examples) columns = std::max(columns, texts_[i].size());
  const size_t rows = examples.size();
  Batch batch{TokenIds({rows, columns}), TokenIds({rows, size_t{1}})};
  batch.inputs.fill(padding_.pad_id);
  for (size_t row = 0; row < rows; ++row) {
    const std::vector<int32_t>& text = texts_[examples[row]];
    std::copy(text.begin(), text.end(), batch.inputs.data() + row * columns);
    batch.targets(row, 0) = classes_[examples[row]];
  }
  return batch;
  // [end of exercise 6.3]
}

absl::StatusOr<std::vector<std::vector<int32_t>>> EncodeTexts(
    const Tokenizer& tokenizer, const std::vector<LabelledText>& texts, const std::string& source) {
  std::vector<std::vector<int32_t>> encoded;
  for (const LabelledText& t : texts) {
    absl::StatusOr<std::vector<int32_t>> ids = tokenizer.Encode(t.text, {.refused = {}});
    if (!ids.ok()) {
      return absl::Status(ids.status().code(), absl::StrCat(source, ": line ", t.line, ": ",
                                                            std::string(ids.status().message())));
    }
    encoded.push_back(*std::move(ids));
  }
  return encoded;
}

int64_t LongestText(const std::vector<std::vector<int32_t>>& texts) {
  size_t longest = 0;
  for (const std::vector<int32_t>& text : texts) longest = std::max(longest, text.size());
  return static_cast<int64_t>(longest);
}

}  // namespace gokart
