// Training examples that are whole documents: a text's documents, which end-of-text tokens
// separate, one per row.
//
//   tokens   5 6 7 E 8 9 E                     (E: end of text)
//   row 0    input  E 5 6 7    target  5 6 7 E
//   row 1    input  E 8 9 E    target  8 9 E -
//
// For texts of many short documents. A window cut anywhere out of them (SlidingWindowDataset)
// begins in the middle of one, of which the model then cannot know what was said before.
#ifndef GOKART_CH02_DATA_DOCUMENT_DATASET_H_
#define GOKART_CH02_DATA_DOCUMENT_DATASET_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ch02_data/dataset.h"
#include "ch02_data/token_stream.h"

namespace gokart {

class DocumentDataset : public Dataset {
 public:
  /// Reads the stream once to find the documents; empty ones are left out, and of one that has more
  /// than `max_length` - 1 tokens only the beginning is used. What follows the last `end` is not
  /// complete and no document. Throws std::invalid_argument unless max_length is at least 2.
  DocumentDataset(std::shared_ptr<const TokenStream> tokens, int32_t end, int64_t max_length);

  int64_t size() const override { return static_cast<int64_t>(begins_.size()); }

  /// Rows as long as the longest document among them needs; shorter ones are filled up with `end`
  /// and targets of -100.
  Batch Get(std::span<const int64_t> documents) const override;

 private:
  std::shared_ptr<const TokenStream> tokens_;
  int32_t end_;
  int64_t max_length_;
  std::vector<int64_t> begins_, lengths_;  // lengths without the end token
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_DOCUMENT_DATASET_H_
