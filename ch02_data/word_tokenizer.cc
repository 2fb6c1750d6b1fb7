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
  // [exercise 2.5] Unknown words and the end of a text
  // Task: Append <|endoftext|> and <|unk|> to the words, unless they are there. In Encode below,
  //       every word that is not in the vocabulary gets the id of <|unk|>.
  // Hint: The ids of the words must not change, so both go to the end, <|endoftext|> first.
  // Hint: Their texts are Tokenizer::kEndOfText and Tokenizer::kUnknown.
  // Test: //ch02_data:word_tokenizer_test SimpleTokenizerV2.*
  // Read: ch02_data/README.md, "Words"

  for (const std::string_view special : {Tokenizer::kEndOfText, Tokenizer::kUnknown}) {
    if (std::find(words.begin(), words.end(), special) == words.end()) words.emplace_back(special);
  }
  return words;
  // [end of exercise 2.5]
}

}  // namespace

std::vector<std::string> SplitWords(std::string_view text) {
  // [exercise 2.1] Text to words
  // Task: Cut the text at white space and at the marks of kMarks. Each mark, and each "--", is a
  //       word of its own; white space is dropped; what stands between is a word.
  // Hint: Walk through the text character by character and collect the word that is being read;
  //       three things end it: a dash, a mark, white space.
  // Hint: DecodeUtf8(text, i) gives the character at byte i and its length. A dash "--" is looked
  //       for first, since a single - is part of a word.
  // Hint: Two words may be complete at once: the one before a mark and the mark. At the end of the
  //       text one may be open.
  // Test: //ch02_data:word_tokenizer_test SplitWords.*
  // Read: ch02_data/README.md, "Words"

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
  // [end of exercise 2.1]
}

std::vector<std::string> WordVocabulary(std::string_view text) {
  // [exercise 2.2] The vocabulary of a text
  // Task: Give the different words of the text, each once, sorted; the place of a word will be its
  //       id.
  // Hint: The standard library has a container that keeps its elements sorted and each only once.
  // Hint: Bytes of UTF-8 compare as the code points do, so ordinary comparison of strings gives the
  //       order.
  // Test: //ch02_data:word_tokenizer_test WordVocabulary.*
  // Read: ch02_data/README.md, "Words"

  const std::vector<std::string> words = SplitWords(text);
  // The order of UTF-8 bytes is that of code points.
  const std::set<std::string> distinct(words.begin(), words.end());
  return {distinct.begin(), distinct.end()};
  // [end of exercise 2.2]
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
  // [exercise 2.4] Ids to text
  // Task: Put the words of the ids together, with a space between two words, but none before a word
  //       that begins with one of closing_marks_.
  // Hint: There is no space before the very first word either.
  // Hint: A word of the vocabulary may be empty.
  // Test: //ch02_data:word_tokenizer_test JoiningWords.*
  // Read: ch02_data/README.md, "Words"

  std::string text;
  for (const int32_t id : ids) {
    const std::string& word = words_[id];
    const bool closing = !word.empty() && closing_marks_.find(word[0]) != closing_marks_.npos;
    if (!text.empty() && !closing) text += ' ';
    text += word;
  }
  return text;
  // [end of exercise 2.4]
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
    // [exercise 2.3] Words to ids
    // Task: Append the id of `word` to ids; a word that is not in the vocabulary is an error that
    //       names it.
    // Hint: IdOf(word) is empty for an unknown word.
    // Hint: An error is returned, not thrown: absl::InvalidArgumentError(message) as the value of
    //       Encode.
    // Test: //ch02_data:word_tokenizer_test SimpleTokenizerV1.*
    // Read: ch02_data/README.md, "Words"

    const std::optional<int32_t> id = IdOf(word);
    if (!id) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the word \"", word, "\" is not in the vocabulary of ", vocab_size(), " words"));
    }
    ids.push_back(*id);
    // [end of exercise 2.3]
  }
  return ids;
}

SimpleTokenizerV2::SimpleTokenizerV2(std::vector<std::string> words)
    : WordTokenizer(WithSpecialTokens(std::move(words)), ",.:;?!\"()'", 2) {}

absl::StatusOr<std::vector<int32_t>> SimpleTokenizerV2::Encode(std::string_view text,
                                                               const SpecialTokens&) const {
  // [exercise 2.5, continued]
  const int32_t unknown = IdOf(kUnknown).value();
  std::vector<int32_t> ids;
  for (const std::string& word : SplitWords(text)) {
    ids.push_back(IdOf(word).value_or(unknown));
  }
  return ids;
  // [end of exercise 2.5]
}

std::optional<int32_t> SimpleTokenizerV2::SpecialToken(std::string_view text) const {
  if (text != kEndOfText && text != kUnknown) return std::nullopt;
  return IdOf(text);
}

}  // namespace gokart
