#include "ch05_pretrain/training_text.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ch02_data/tokenize_files.h"
#include "ch02_data/utf8.h"
#include "workshop/file.h"
#include "workshop/human.h"
#include "workshop/list_files.h"

namespace gokart {
namespace {

absl::Status CheckText(const std::string& path, const std::string& text) {
  if (text.empty()) return absl::InvalidArgumentError(absl::StrCat(path, ": is empty"));
  if (const size_t nul = text.find('\0'); nul != std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": is not text: a NUL byte at offset ", nul));
  }
  if (const std::optional<size_t> bad = FindInvalidUtf8(text)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": is not UTF-8 at offset ", *bad));
  }
  return absl::OkStatus();
}

bool StartsCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

absl::StatusOr<std::shared_ptr<const TokenStream>> Tokenize(std::string_view text,
                                                            const Tokenizer& tokenizer) {
  absl::StatusOr<std::vector<int32_t>> ids =
      tokenizer.Encode(text, {.allowed = {std::string(Tokenizer::kEndOfText)}, .refused = {}});
  if (!ids.ok()) return ids.status();
  return std::make_shared<TokenVector>(*std::move(ids));
}

}  // namespace

absl::StatusOr<std::string> ReadTrainingText(const std::string& pattern, int64_t limit) {
  absl::StatusOr<std::vector<std::string>> paths = ListFiles(pattern);
  if (!paths.ok()) return paths.status();
  std::string all;
  for (const std::string& path : *paths) {
    absl::StatusOr<std::string> text = ReadFile(path, limit - static_cast<int64_t>(all.size()));
    if (absl::IsResourceExhausted(text.status())) {
      return absl::ResourceExhaustedError(
          absl::StrCat(std::string(text.status().message()),
                       ": tokenize it to a file first, and train on that "
                       "(bazel run //ch02_data -- help encode)"));
    }
    if (!text.ok()) return text.status();
    if (absl::Status s = CheckText(path, *text); !s.ok()) return s;
    if (!all.empty()) all += Tokenizer::kEndOfText;
    all += *text;
  }
  return all;
}

TextSplit SplitText(std::string_view text, double train_ratio) {
  int64_t characters = 0;
  for (char byte : text) characters += StartsCharacter(byte);
  int64_t left = static_cast<int64_t>(train_ratio * static_cast<double>(characters));
  size_t cut = 0;
  for (; cut < text.size(); ++cut) {
    if (StartsCharacter(text[cut]) && left-- == 0) break;
  }
  return {text.substr(0, cut), text.substr(cut)};
}

absl::StatusOr<TokenSplit> OpenTokenSplit(const std::string& path, double train_ratio,
                                          const Tokenizer& tokenizer) {
  absl::StatusOr<std::shared_ptr<const TokenStream>> all = OpenTokenizedFiles(path, tokenizer);
  if (!all.ok()) return all.status();
  const int64_t size = (*all)->size();
  const int64_t train = static_cast<int64_t>(train_ratio * static_cast<double>(size));
  return TokenSplit{std::make_shared<TokenRange>(*all, 0, train),
                    std::make_shared<TokenRange>(*all, train, size - train)};
}

absl::StatusOr<TokenSplit> TokenizeSplit(const TextSplit& split, const Tokenizer& tokenizer) {
  absl::StatusOr<std::shared_ptr<const TokenStream>> train = Tokenize(split.train, tokenizer);
  if (!train.ok()) return train.status();
  absl::StatusOr<std::shared_ptr<const TokenStream>> val = Tokenize(split.val, tokenizer);
  if (!val.ok()) return val.status();
  return TokenSplit{*std::move(train), *std::move(val)};
}

}  // namespace gokart
