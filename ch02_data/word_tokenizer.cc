#include "ch02_data/word_tokenizer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch02_data/char_class.h"
#include "ch02_data/simple_vocabulary_format.h"
#include "ch02_data/utf8.h"

namespace gokart {
namespace {

constexpr std::string_view kMarks = ",.:;?_!\"()'";

// What Python's str.isspace says.
bool IsPythonSpace(char32_t c) {
  return ClassOf(c) == CharClass::kSpace || (c >= 0x1C && c <= 0x1F);
}

std::vector<std::string> WithSpecialTokens(std::vector<std::string> words) {
  for (const std::string_view special : {Tokenizer::kEndOfText, Tokenizer::kUnknown}) {
    if (std::find(words.begin(), words.end(), special) == words.end()) words.emplace_back(special);
  }
  return words;
}

}  // namespace

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (size_t i = 0; i < text.size();) {
    const CodePoint c = DecodeUtf8(text, i);
    const bool dash = text.substr(i, 2) == "--";
    const bool mark = c.value < 0x80 && kMarks.find(static_cast<char>(c.value)) != kMarks.npos;
    const size_t length = dash ? 2 : c.length;
    if (dash || mark) {
      end_word();
      words.emplace_back(text.substr(i, length));
    } else if (c.valid && IsPythonSpace(c.value)) {
      end_word();
    } else {
      word += text.substr(i, length);
    }
    i += length;
  }
  end_word();
  return words;
}

std::vector<std::string> WordVocabulary(std::string_view text) {
  const std::vector<std::string> words = SplitWords(text);
  // The order of UTF-8 bytes is that of code points.
  const std::set<std::string> distinct(words.begin(), words.end());
  return {distinct.begin(), distinct.end()};
}

WordTokenizer::WordTokenizer(std::vector<std::string> words, std::string closing_marks, int version)
    : words_(std::move(words)), closing_marks_(std::move(closing_marks)), version_(version) {
  for (size_t id = 0; id < words_.size(); ++id) id_of_.emplace(words_[id], id);
}

std::optional<int32_t> WordTokenizer::IdOf(std::string_view word) const {
  const auto found = id_of_.find(std::string(word));
  return found == id_of_.end() ? std::nullopt : std::make_optional(found->second);
}

std::string WordTokenizer::Decode(const std::vector<int32_t>& ids) const {
  CheckIds(ids);
  std::string text;
  for (const int32_t id : ids) {
    const std::string& word = words_[id];
    const bool closing = !word.empty() && closing_marks_.find(word[0]) != closing_marks_.npos;
    if (!text.empty() && !closing) text += ' ';
    text += word;
  }
  return text;
}

absl::Status WordTokenizer::Save(const std::string& path) const {
  return SaveSimpleVocabulary({version_ == 1 ? "words-v1" : "words", words_}, path);
}

SimpleTokenizerV1::SimpleTokenizerV1(std::vector<std::string> words)
    : WordTokenizer(std::move(words), ",.?!\"()'", 1) {}

absl::StatusOr<std::vector<int32_t>> SimpleTokenizerV1::Encode(std::string_view text,
                                                               const SpecialTokens&) const {
  std::vector<int32_t> ids;
  for (const std::string& word : SplitWords(text)) {
    const std::optional<int32_t> id = IdOf(word);
    if (!id) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the word \"", word, "\" is not in the vocabulary of ", vocab_size(), " words"));
    }
    ids.push_back(*id);
  }
  return ids;
}

SimpleTokenizerV2::SimpleTokenizerV2(std::vector<std::string> words)
    : WordTokenizer(WithSpecialTokens(std::move(words)), ",.:;?!\"()'", 2) {}

absl::StatusOr<std::vector<int32_t>> SimpleTokenizerV2::Encode(std::string_view text,
                                                               const SpecialTokens&) const {
  const int32_t unknown = IdOf(kUnknown).value();
  std::vector<int32_t> ids;
  for (const std::string& word : SplitWords(text)) ids.push_back(IdOf(word).value_or(unknown));
  return ids;
}

std::optional<int32_t> SimpleTokenizerV2::SpecialToken(std::string_view text) const {
  if (text != kEndOfText && text != kUnknown) return std::nullopt;
  return IdOf(text);
}

}  // namespace gokart
