#include "ch02_data/tokenize_files.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch02_data/text_parts.h"
#include "ch02_data/token_corpus.h"
#include "ch02_data/vocabulary_file.h"

namespace gokart {
namespace {

using Ids = std::vector<int32_t>;

class FilesToCorpus {
 public:
  FilesToCorpus(const Tokenizer& tokenizer, const TokenizeFilesOptions& options,
                TokenCorpusWriter& writer)
      : tokenizer_(tokenizer), options_(options), writer_(writer) {}

  absl::Status AddFile(const std::string& path) {
    absl::StatusOr<TextParts> parts = TextParts::Open(path, tokenizer_, options_.part_bytes);
    if (!parts.ok()) return parts.status();
    for (;;) {
      absl::StatusOr<std::vector<std::string>> round = NextRound(*parts);
      if (!round.ok()) return round.status();
      if (round->empty()) break;
      if (absl::Status status = EncodeRound(*round); !status.ok()) return InFile(path, status);
      if (options_.progress && !options_.progress(bytes_, writer_.size())) {
        return absl::CancelledError("tokenizing was stopped");
      }
    }
    const std::optional<int32_t> end = tokenizer_.EndOfText();
    if (!options_.end_of_text || !end) return absl::OkStatus();
    return writer_.Append(std::span(&*end, 1));
  }

  int64_t bytes() const { return bytes_; }

 private:
  // A part for each thread; none at the end of the file.
  absl::StatusOr<std::vector<std::string>> NextRound(TextParts& parts) {
    std::vector<std::string> round;
    while (static_cast<int>(round.size()) < std::max(options_.threads, 1)) {
      absl::StatusOr<std::string> part = parts.Next();
      if (!part.ok()) return part.status();
      if (part->empty()) break;
      bytes_ += static_cast<int64_t>(part->size());
      round.push_back(*std::move(part));
    }
    return round;
  }

  absl::Status EncodeRound(const std::vector<std::string>& round) {
    std::vector<absl::StatusOr<Ids>> encoded(round.size(), Ids{});
    const int n = static_cast<int>(round.size());
#pragma omp parallel for num_threads(n) schedule(static, 1) if (n > 1)
    for (int i = 0; i < n; ++i) encoded[i] = tokenizer_.Encode(round[i], options_.special);
    for (const absl::StatusOr<Ids>& ids : encoded) {
      if (!ids.ok()) return ids.status();
      if (absl::Status status = writer_.Append(*ids); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  const Tokenizer& tokenizer_;
  const TokenizeFilesOptions& options_;
  TokenCorpusWriter& writer_;
  int64_t bytes_ = 0;
};

}  // namespace

absl::StatusOr<TokenizedFiles> TokenizeFiles(const Tokenizer& tokenizer,
                                             const std::vector<std::string>& text_paths,
                                             const std::string& out_path,
                                             const TokenizeFilesOptions& options) {
  absl::StatusOr<TokenCorpusWriter> writer =
      TokenCorpusWriter::Create(out_path, tokenizer.vocab_size());
  if (!writer.ok()) return writer.status();
  FilesToCorpus corpus(tokenizer, options, *writer);
  for (const std::string& path : text_paths) {
    if (absl::Status status = corpus.AddFile(path); !status.ok()) return status;
  }
  if (absl::Status status = writer->Commit(); !status.ok()) return status;
  return TokenizedFiles{corpus.bytes(), writer->size()};
}

absl::StatusOr<std::shared_ptr<const TokenStream>> OpenTokenizedFiles(const std::string& path,
                                                                      const Tokenizer& tokenizer) {
  absl::StatusOr<std::shared_ptr<const TokenCorpus>> corpus = TokenCorpus::Open(path);
  if (!corpus.ok()) return corpus.status();
  if ((*corpus)->vocab_size() != tokenizer.vocab_size()) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": was made with a vocabulary of ", (*corpus)->vocab_size(),
                     " tokens; that of ", tokenizer.name(), " has ", tokenizer.vocab_size()));
  }
  return *corpus;
}

}  // namespace gokart
