#include "ch02_data/character_tokenizer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "ch02_data/simple_vocabulary_format.h"
#include "ch02_data/utf8.h"

namespace gokart {

std::vector<std::string> CharacterVocabulary(std::string_view text) {
  // [exercise 2.6] The characters of a text
  // Task: Give the different characters of the text, sorted by code point, each as UTF-8. Bytes
  //       that are not valid UTF-8 are left out.
  // Hint: DecodeUtf8(text, i) gives the character at byte i: its value, its length in bytes, and
  //       whether it is valid.
  // Hint: EncodeUtf8 makes bytes of a code point again.
  // Test: //ch02_data:character_tokenizer_test CharacterVocabulary.*
  // Read: ch02_data/README.md, "Words"

  std::set<char32_t> distinct;
  for (size_t i = 0; i < text.size();) {
    const CodePoint c = DecodeUtf8(text, i);
    if (c.valid) distinct.insert(c.value);
    i += c.length;
  }
  std::vector<std::string> characters;
  for (const char32_t c : distinct) characters.push_back(EncodeUtf8(c));
  return characters;
  // [end of exercise 2.6]
}

CharacterTokenizer::CharacterTokenizer(std::vector<std::string> characters)
    : entries_(std::move(characters)) {
  std::vector<AddedToken> special;
  for (const std::string_view text : {kEndOfText, kUnknown}) {
    auto found = std::find(entries_.begin(), entries_.end(), text);
    if (found == entries_.end()) found = entries_.emplace(entries_.end(), text);
    special.push_back({std::string(text), static_cast<int32_t>(found - entries_.begin())});
  }
  special_tokens_ = SpecialTokenSplitter(special);
  for (size_t id = 0; id < entries_.size(); ++id) id_of_.emplace(entries_[id], id);
}

absl::StatusOr<std::vector<int32_t>> CharacterTokenizer::Encode(
    std::string_view text, const SpecialTokens& special) const {
  const int32_t unknown = id_of_.at(std::string(kUnknown));
  std::vector<int32_t> ids;
  const auto encode_part = [&](std::string_view part) {
    for (size_t i = 0; i < part.size();) {
      const CodePoint c = DecodeUtf8(part, i);
      const auto found = id_of_.find(std::string(part.substr(i, c.length)));
      ids.push_back(found == id_of_.end() ? unknown : found->second);
      i += c.length;
    }
  };
  const absl::Status status =
      special_tokens_.Split(text, special, encode_part, [&](int32_t id) { ids.push_back(id); });
  if (!status.ok()) return status;
  return ids;
}

std::string CharacterTokenizer::Decode(const std::vector<int32_t>& ids) const {
  CheckIds(ids);
  std::string text;
  for (const int32_t id : ids) text += entries_[id];
  return text;
}

std::optional<int32_t> CharacterTokenizer::SpecialToken(std::string_view text) const {
  return special_tokens_.Find(text);
}

size_t CharacterTokenizer::LastSafeCut(std::string_view text) const {
  return special_tokens_.OutsideOfTokens(text, CompleteUtf8Length(text));
}

absl::Status CharacterTokenizer::Save(const std::string& path) const {
  return SaveSimpleVocabulary({"characters", entries_}, path);
}

}  // namespace gokart
