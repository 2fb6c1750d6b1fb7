#include "ch02_data/document_dataset.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "tensor/ops/cross_entropy.h"

namespace gokart {

DocumentDataset::DocumentDataset(std::shared_ptr<const TokenStream> tokens, int32_t end,
                                 int64_t max_length)
    : tokens_(std::move(tokens)), end_(end), max_length_(max_length) {
  if (max_length < 2) {
    throw std::invalid_argument("DocumentDataset: max_length " + std::to_string(max_length) +
                                " must be at least 2");
  }
  constexpr int64_t kChunk = 1 << 16;
  std::vector<int32_t> chunk;
  int64_t begin = 0;
  for (int64_t at = 0; at < tokens_->size(); at += kChunk) {
    chunk.resize(std::min(kChunk, tokens_->size() - at));
    tokens_->Read(at, chunk);
    for (size_t i = 0; i < chunk.size(); ++i) {
      if (chunk[i] != end_) continue;
      const int64_t position = at + static_cast<int64_t>(i);
      if (position > begin) {
        begins_.push_back(begin);
        lengths_.push_back(position - begin);
      }
      begin = position + 1;
    }
  }
}

Batch DocumentDataset::Get(std::span<const int64_t> documents) const {
  int64_t t = 1;
  for (int64_t d : documents) {
    if (d < 0 || d >= size()) {
      throw std::invalid_argument("DocumentDataset: no document " + std::to_string(d) + " of " +
                                  std::to_string(size()));
    }
    t = std::max(t, std::min(lengths_[d] + 1, max_length_));
  }
  const size_t rows = documents.size(), columns = static_cast<size_t>(t);
  Batch batch{TokenIds({rows, columns}), TokenIds({rows, columns})};
  batch.inputs.fill(end_);
  batch.targets.fill(ops::kIgnoreIndex);
  std::vector<int32_t> text;
  for (size_t row = 0; row < rows; ++row) {
    const int64_t length = lengths_[documents[row]];
    text.resize(std::min(length + 1, t));  // with the end token, if it fits
    tokens_->Read(begins_[documents[row]], text);
    std::copy(text.begin(), text.end() - 1, batch.inputs.data() + row * columns + 1);
    std::copy(text.begin(), text.end(), batch.targets.data() + row * columns);
  }
  return batch;
}

}  // namespace gokart
