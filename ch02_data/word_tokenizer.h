// The workshop's first tokenizers: a word or a mark of punctuation is a token.
//
//     SplitWords("Hello, world. Is this-- a test?") ==
//         {"Hello", ",", "world", ".", "Is", "this", "--", "a", "test", "?"}
//     SimpleTokenizerV1 v1(WordVocabulary(text));
//     SimpleTokenizerV2 v2(WordVocabulary(text));   // with <|endoftext|> and <|unk|>

#ifndef GOKART_CH02_DATA_WORD_TOKENIZER_H_
#define GOKART_CH02_DATA_WORD_TOKENIZER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/tokenizer.h"

namespace gokart {

/// What Python's re.split(r'([,.:;?_!"()\']|--|\s)', text) leaves when white space and empty
/// strings are dropped: each of these marks, and what stands between them and white space. (White
/// space is Python's: Unicode's, and U+001C to U+001F.)
std::vector<std::string> SplitWords(std::string_view text);

/// The different words of a text, sorted by their code points. The place of a word is its id.
std::vector<std::string> WordVocabulary(std::string_view text);

/// What V1 and V2 share: a list of words, and joining words to text.
class WordTokenizer : public Tokenizer {
 public:
  std::string name() const override { return "words"; }
  int vocab_size() const override { return static_cast<int>(words_.size()); }

  /// Words with spaces between them, but none before certain marks. Text that was split cannot be
  /// put together as it was: this is why chapter 2 moves on to byte pairs.
  std::string Decode(const std::vector<int32_t>& ids) const override;
  absl::Status Save(const std::string& path) const override;

  const std::vector<std::string>& words() const { return words_; }

 protected:
  /// No space is put before the characters of `closing_marks`.
  WordTokenizer(std::vector<std::string> words, std::string closing_marks, int version);
  std::optional<int32_t> IdOf(std::string_view word) const;

 private:
  std::vector<std::string> words_;
  std::unordered_map<std::string, int32_t> id_of_;
  std::string closing_marks_;
  int version_;
};

/// Section 2.3. Knows the words of one text and no others.
class SimpleTokenizerV1 : public WordTokenizer {
 public:
  explicit SimpleTokenizerV1(std::vector<std::string> words);

  /// Error: a word that is not in the vocabulary.
  absl::StatusOr<std::vector<int32_t>> Encode(std::string_view text,
                                              const SpecialTokens& special = {}) const override;
  std::optional<int32_t> SpecialToken(std::string_view) const override { return std::nullopt; }
};

/// Section 2.4. Adds `<|endoftext|>` and `<|unk|>`, unless `words` has them, which stands for every
/// unknown word. In the workshop a special token is a word like any other: Encode makes it an id
/// wherever it stands between white space, whatever `special` says.
class SimpleTokenizerV2 : public WordTokenizer {
 public:
  explicit SimpleTokenizerV2(std::vector<std::string> words);
  absl::StatusOr<std::vector<int32_t>> Encode(std::string_view text,
                                              const SpecialTokens& special = {}) const override;
  std::optional<int32_t> SpecialToken(std::string_view text) const override;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_WORD_TOKENIZER_H_
