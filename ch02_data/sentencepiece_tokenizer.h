// Google's sentencepiece (Kudo and Richardson 2018) as a Tokenizer: the family of Llama 2, Gemma,
// T5 and others.
//
//     auto llama = SentencePieceTokenizer::Load("tokenizer.model");
//     (*llama)->Encode("Hello world").value() == {15043, 3186}
//     (*llama)->Pieces(ids) == {"▁Hello", "▁world"}
//
// Unlike GPT-2's tokenizer it knows no words: a space is a character like any other (shown as ▁),
// and pieces may be of any kind. Scripts without spaces suffer less from that. It works on
// characters, not on bytes; what is not in its vocabulary becomes <unk>, or with byte fallback
// bytes.

#ifndef GOKART_CH02_DATA_SENTENCEPIECE_TOKENIZER_H_
#define GOKART_CH02_DATA_SENTENCEPIECE_TOKENIZER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/sentencepiece_model.h"
#include "ch02_data/tokenizer.h"

namespace gokart {

struct SentencePieceOptions {
  int vocab_size = 1000;
  /// "bpe" merges pairs as GPT-2 does, but of characters. "unigram" starts from many pieces and
  /// drops those that the text can best do without.
  std::string model_type = "bpe";
  /// Whether characters outside the vocabulary become bytes (256 further ids) instead of <unk>.
  bool byte_fallback = true;
};

class SentencePieceTokenizer : public Tokenizer {
 public:
  /// Reads a .model file.
  static absl::StatusOr<std::unique_ptr<SentencePieceTokenizer>> Load(const std::string& path);

  /// Learns from the lines of `text`. Errors are mostly the library's, such as a vocabulary that
  /// the text is too short for.
  static absl::StatusOr<std::unique_ptr<SentencePieceTokenizer>> Train(
      std::string_view text, const SentencePieceOptions& options);

  std::string name() const override { return name_; }
  int vocab_size() const override { return model_->size(); }

  /// Control tokens such as </s> are special tokens. Neither <s> nor </s> is put around the text.
  absl::StatusOr<std::vector<int32_t>> Encode(std::string_view text,
                                              const SpecialTokens& special = {}) const override;

  /// Control tokens have no text, and the space before the first piece is dropped.
  std::string Decode(const std::vector<int32_t>& ids) const override;
  std::optional<int32_t> SpecialToken(std::string_view text) const override;
  std::optional<int32_t> EndOfText() const override;

  /// Behind the last line feed: the library is meant for lines, and puts a space before each text
  /// that it is given. So a text that is tokenized in parts gets such a space at each of them.
  size_t LastSafeCut(std::string_view text) const override;
  absl::Status Save(const std::string& path) const override;

  /// The pieces that `ids` stand for, as the vocabulary writes them.
  std::vector<std::string> Pieces(const std::vector<int32_t>& ids) const;

 private:
  SentencePieceTokenizer(std::string name, std::string serialized,
                         std::unique_ptr<SentencePieceModel> model);
  static absl::StatusOr<std::unique_ptr<SentencePieceTokenizer>> Make(std::string name,
                                                                      std::string serialized);

  std::string name_;
  std::string serialized_;
  std::unique_ptr<SentencePieceModel> model_;
  SpecialTokenSplitter special_tokens_;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_SENTENCEPIECE_TOKENIZER_H_
