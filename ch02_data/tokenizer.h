// What all tokenizers have in common: text to ids and back.
//
//     absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = LoadTokenizer("gpt2");
//     std::vector<int32_t> ids = (*tokenizer)->Encode("Hello, I am").value();   // 15496 11 314 716
//     std::string text = (*tokenizer)->Decode(ids);
//
//     // A special token in the text is an error unless it is allowed:
//     (*tokenizer)->Encode("One.<|endoftext|>Two.", {.allowed = {"<|endoftext|>"}});

#ifndef GOKART_CH02_DATA_TOKENIZER_H_
#define GOKART_CH02_DATA_TOKENIZER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/special_tokens.h"

namespace gokart {

/// A tokenizer does not change after it was made; any number of threads may use one.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// For people: "gpt2", "words", the file that it came from, ...
  virtual std::string name() const = 0;

  /// All ids are at least 0 and less than this: the V of a model's embedding and output layer.
  virtual int vocab_size() const = 0;

  /// The ids of `text`. Errors: `text` contains a special token that `special` refuses (all of them
  /// unless told otherwise); a tokenizer without a token for the unknown meets something unknown.
  virtual absl::StatusOr<std::vector<int32_t>> Encode(std::string_view text,
                                                      const SpecialTokens& special = {}) const = 0;

  /// The text of `ids`. Byte-level vocabularies return the very bytes that were encoded; a sequence
  /// cut anywhere may begin or end within a character (see CompleteUtf8Length). Throws
  /// std::invalid_argument on an id outside the vocabulary.
  virtual std::string Decode(const std::vector<int32_t>& ids) const = 0;

  /// The id of the special token that is spelled `text`, if there is one.
  virtual std::optional<int32_t> SpecialToken(std::string_view text) const = 0;

  /// The id of the token that ends a document: `<|endoftext|>`, `</s>`.
  virtual std::optional<int32_t> EndOfText() const { return SpecialToken(kEndOfText); }

  /// For tokenizing a stream part by part: a position p > 0 such that the ids of text[0, p)
  /// followed by those of the rest are the ids of the whole, whatever follows `text`; the last one
  /// that is easily found. 0 if there is none. By default before the last white space.
  virtual size_t LastSafeCut(std::string_view text) const;

  /// Writes a file from which LoadTokenizer makes this tokenizer again.
  virtual absl::Status Save(const std::string& path) const = 0;

  static constexpr std::string_view kEndOfText = "<|endoftext|>";
  static constexpr std::string_view kUnknown = "<|unk|>";

 protected:
  /// Throws std::invalid_argument unless ids[i] is in the vocabulary, for every i.
  void CheckIds(const std::vector<int32_t>& ids) const;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_TOKENIZER_H_
