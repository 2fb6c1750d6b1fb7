// Text files of any size to one token corpus, in a stream.
//
//     absl::StatusOr<TokenizedFiles> done =
//         TokenizeFiles(*tokenizer, {"a.txt", "b.txt"}, "corpus.tokens", {.threads = 4});
//
// Each file is read in parts, cut where no token can reach across (Tokenizer::LastSafeCut), so that
// the ids are those of the whole file. Parts are encoded on several threads.

#ifndef GOKART_CH02_DATA_TOKENIZE_FILES_H_
#define GOKART_CH02_DATA_TOKENIZE_FILES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ch02_data/token_stream.h"
#include "ch02_data/tokenizer.h"

namespace gokart {

struct TokenizeFilesOptions {
  /// Which special tokens the texts may contain.
  SpecialTokens special = {.allowed = {"<|endoftext|>"}};
  /// Put the tokenizer's end-of-text token behind each file, if it has one.
  bool end_of_text = true;
  int threads = 1;
  /// Bytes of a part. Memory is about (20 to 30) * threads * part_bytes.
  size_t part_bytes = size_t{1} << 20;
  /// Called after each round of parts with what was done so far; returning false stops, with an
  /// error, and leaves no file.
  std::function<bool(int64_t bytes, int64_t ids)> progress = nullptr;
};

struct TokenizedFiles {
  int64_t bytes = 0;
  int64_t ids = 0;
};

/// Errors name the file: unreadable; no place to cut within 256 MiB; a refused special token; a
/// full disk. `out_path` appears only when all is done.
absl::StatusOr<TokenizedFiles> TokenizeFiles(const Tokenizer& tokenizer,
                                             const std::vector<std::string>& text_paths,
                                             const std::string& out_path,
                                             const TokenizeFilesOptions& options = {});

/// The corpus at `path`, which was made with `tokenizer`. Errors: those of TokenCorpus::Open; a
/// vocabulary of another size.
absl::StatusOr<std::shared_ptr<const TokenStream>> OpenTokenizedFiles(const std::string& path,
                                                                      const Tokenizer& tokenizer);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_TOKENIZE_FILES_H_
