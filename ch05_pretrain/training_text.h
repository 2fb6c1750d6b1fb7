// From text files, or the built-in story grammar, to the token streams that a model is trained and
// validated on.
//
//   absl::StatusOr<std::string> text = ReadTrainingText("corpus/*.txt");
//   TextSplit split = SplitText(*text, 0.9);                       // by characters, before
//   tokenising absl::StatusOr<TokenSplit> tokens = TokenizeSplit(split, tokenizer);
#ifndef GOKART_CH05_PRETRAIN_TRAINING_TEXT_H_
#define GOKART_CH05_PRETRAIN_TRAINING_TEXT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ch02_data/token_stream.h"
#include "ch02_data/tokenizer.h"

namespace gokart {

/// The text of a file, of all files in a folder, or of those that a glob matches, in the order of
/// their names, with
/// "<|endoftext|>" between them. Errors name the file: missing, empty, binary (NUL bytes), not
/// UTF-8 (with the offset), together more than `limit` bytes.
absl::StatusOr<std::string> ReadTrainingText(const std::string& pattern,
                                             int64_t limit = int64_t{4} << 30);

struct TextSplit {
  std::string_view train, val;
};

/// The first `train_ratio` of the characters (code points, not bytes) for training, the rest for
/// validation (workshop section 5.1.3).
TextSplit SplitText(std::string_view text, double train_ratio);

struct TokenSplit {
  std::shared_ptr<const TokenStream> train, val;
};

/// The parts of a corpus that is tokenised already (`ch02_data encode --out`), read by memory map:
/// its first `train_ratio` tokens, and the rest. Errors: no corpus, or of another tokenizer.
absl::StatusOr<TokenSplit> OpenTokenSplit(const std::string& path, double train_ratio,
                                          const Tokenizer& tokenizer);

/// Both parts tokenised, "<|endoftext|>" being the special token. Errors: the tokenizer refuses the
/// text; a token does not fit a model of `vocab_size`.
absl::StatusOr<TokenSplit> TokenizeSplit(const TextSplit& split, const Tokenizer& tokenizer);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_TRAINING_TEXT_H_
