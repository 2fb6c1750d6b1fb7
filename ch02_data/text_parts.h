// A text file read part by part, cut where its tokenizer allows.
//
//     absl::StatusOr<TextParts> parts = TextParts::Open("big.txt", tokenizer, 1 << 20);
//     while (...) { absl::StatusOr<std::string> part = parts->Next(); if (part->empty()) break; }

#ifndef GOKART_CH02_DATA_TEXT_PARTS_H_
#define GOKART_CH02_DATA_TEXT_PARTS_H_

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ch02_data/tokenizer.h"

namespace gokart {

class TextParts {
 public:
  /// What has no safe cut in so many bytes is refused.
  static constexpr size_t kMaxPart = size_t{256} << 20;

  /// "-" is standard input. The tokenizer must outlive the object. Errors: as of opening a file.
  static absl::StatusOr<TextParts> Open(const std::string& path, const Tokenizer& tokenizer,
                                        size_t part_bytes);

  /// The next part, about part_bytes long; empty at the end. The parts together are the file.
  absl::StatusOr<std::string> Next();

 private:
  struct Closer {
    void operator()(std::FILE* file) const {
      if (file != stdin) std::fclose(file);
    }
  };
  TextParts(std::string path, std::FILE* file, const Tokenizer& tokenizer, size_t part_bytes);
  absl::Status Fill(size_t size);

  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
  const Tokenizer* tokenizer_;
  size_t part_bytes_;
  std::string waiting_;  // read, but not given away yet
  bool at_end_ = false;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_TEXT_PARTS_H_
