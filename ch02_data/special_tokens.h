// Special tokens: ids for things that are not text, such as the end of a document, which are
// written in a text by a name like `<|endoftext|>`.
//
// A text that somebody else wrote may contain such a name by accident or on purpose, so the caller
// says which ones may become ids (tiktoken's allowed_special) and which ones are an error
// (disallowed_special); the rest is text like any other:
//
//     {}                                  every special token in the text is an error (the default)
//     {.allowed = {"<|endoftext|>"}}      this one becomes its id, others are errors
//     {.allowed = TokenSet::All()}        all become ids
//     {.refused = {}}                     none has a meaning: "<|endoftext|>" is 13 characters

#ifndef GOKART_CH02_DATA_SPECIAL_TOKENS_H_
#define GOKART_CH02_DATA_SPECIAL_TOKENS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace gokart {

/// All tokens, or those that are listed.
class TokenSet {
 public:
  TokenSet() = default;
  TokenSet(std::initializer_list<std::string> tokens) : tokens_(tokens) {}
  explicit TokenSet(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {}
  static TokenSet All();

  bool Contains(std::string_view token) const;

 private:
  bool all_ = false;
  std::vector<std::string> tokens_;
};

/// Which special tokens a text may contain. `allowed` wins over `refused`.
struct SpecialTokens {
  TokenSet allowed = {};
  TokenSet refused = TokenSet::All();
};

/// A token that was added to a vocabulary as a whole, not learnt from text.
struct AddedToken {
  std::string text;
  int32_t id;
  /// Special tokens follow the caller's SpecialTokens. Others (Hugging Face's `"special": false`)
  /// are plain additions, which become their id wherever they stand.
  bool special = true;

  bool operator==(const AddedToken&) const = default;
};

/// Finds added tokens in texts.
class SpecialTokenSplitter {
 public:
  SpecialTokenSplitter() = default;
  explicit SpecialTokenSplitter(std::vector<AddedToken> tokens);

  /// Walks through `text`: calls on_text for each non-empty stretch between added tokens and
  /// on_token for each added token that becomes an id. The token that begins first is taken, of
  /// several at one place the longest. Error, before any call: a refused special token, by name and
  /// offset. Linear in the text for a fixed set of tokens.
  absl::Status Split(std::string_view text, const SpecialTokens& special,
                     const std::function<void(std::string_view)>& on_text,
                     const std::function<void(int32_t)>& on_token) const;

  /// The last position at or before `cut` that is not within an added token, whatever follows
  /// `text`.
  size_t OutsideOfTokens(std::string_view text, size_t cut) const;

  std::optional<int32_t> Find(std::string_view token_text) const;

  const std::vector<AddedToken>& tokens() const { return tokens_; }

 private:
  struct Match {
    size_t begin;
    const AddedToken* token;
  };
  std::vector<bool> Allowed(const SpecialTokens& special) const;
  std::vector<bool> Refused(const SpecialTokens& special) const;
  std::optional<Match> FindNext(std::string_view text, size_t from,
                                const std::vector<bool>& wanted) const;
  size_t NextCandidate(std::string_view text, size_t from) const;

  std::vector<AddedToken> tokens_;                // the longest first
  std::array<bool, 256> is_first_byte_ = {};      // of any token
  std::optional<unsigned char> only_first_byte_;  // if all tokens begin with the same one
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_SPECIAL_TOKENS_H_
