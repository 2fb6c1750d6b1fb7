// A character is a token: the smallest vocabulary that works, for small models and experiments.
//
//     // ids: e 0, h 1, l 2, o 3, <|endoftext|> 4, <|unk|> 5
//     CharacterTokenizer tokenizer(CharacterVocabulary("hello"));
//     tokenizer.Encode("hole").value() == {1, 3, 2, 0}

#ifndef GOKART_CH02_DATA_CHARACTER_TOKENIZER_H_
#define GOKART_CH02_DATA_CHARACTER_TOKENIZER_H_

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

/// The different characters (code points) of a text in the order of their code points. Bytes that
/// are not UTF-8 are left out.
std::vector<std::string> CharacterVocabulary(std::string_view text);

class CharacterTokenizer : public Tokenizer {
 public:
  /// `<|endoftext|>` and `<|unk|>` are appended unless `characters` has them. The latter stands for
  /// every character (or byte that is not UTF-8) that is not in the list.
  explicit CharacterTokenizer(std::vector<std::string> characters);

  std::string name() const override { return "characters"; }
  int vocab_size() const override { return static_cast<int>(entries_.size()); }
  absl::StatusOr<std::vector<int32_t>> Encode(std::string_view text,
                                              const SpecialTokens& special = {}) const override;
  std::string Decode(const std::vector<int32_t>& ids) const override;
  std::optional<int32_t> SpecialToken(std::string_view text) const override;
  size_t LastSafeCut(std::string_view text) const override;
  absl::Status Save(const std::string& path) const override;

 private:
  std::vector<std::string> entries_;
  std::unordered_map<std::string, int32_t> id_of_;
  SpecialTokenSplitter special_tokens_;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_CHARACTER_TOKENIZER_H_
