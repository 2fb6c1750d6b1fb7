#include "ch02_data/special_tokens.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace gokart {

TokenSet TokenSet::All() {
  TokenSet set;
  set.all_ = true;
  return set;
}

bool TokenSet::Contains(std::string_view token) const {
  return all_ || std::find(tokens_.begin(), tokens_.end(), token) != tokens_.end();
}

SpecialTokenSplitter::SpecialTokenSplitter(std::vector<AddedToken> tokens)
    : tokens_(std::move(tokens)) {
  std::erase_if(tokens_, [](const AddedToken& token) { return token.text.empty(); });
  std::stable_sort(tokens_.begin(), tokens_.end(), [](const AddedToken& a, const AddedToken& b) {
    return a.text.size() > b.text.size();
  });
  for (const AddedToken& token : tokens_) {
    is_first_byte_[static_cast<unsigned char>(token.text[0])] = true;
  }
  if (std::count(is_first_byte_.begin(), is_first_byte_.end(), true) == 1) {
    only_first_byte_ = static_cast<unsigned char>(tokens_[0].text[0]);
  }
}

std::vector<bool> SpecialTokenSplitter::Allowed(const SpecialTokens& special) const {
  std::vector<bool> allowed;
  for (const AddedToken& token : tokens_) {
    allowed.push_back(!token.special || special.allowed.Contains(token.text));
  }
  return allowed;
}

std::vector<bool> SpecialTokenSplitter::Refused(const SpecialTokens& special) const {
  std::vector<bool> refused = Allowed(special);
  for (size_t i = 0; i < tokens_.size(); ++i) {
    refused[i] = !refused[i] && special.refused.Contains(tokens_[i].text);
  }
  return refused;
}

// The first place from `from` on where a token may begin; text.size() if there is none.
size_t SpecialTokenSplitter::NextCandidate(std::string_view text, size_t from) const {
  if (from >= text.size()) return text.size();
  if (only_first_byte_.has_value()) {
    const void* found = std::memchr(text.data() + from, *only_first_byte_, text.size() - from);
    return found == nullptr ? text.size() : static_cast<const char*>(found) - text.data();
  }
  while (from < text.size() && !is_first_byte_[static_cast<unsigned char>(text[from])]) ++from;
  return from;
}

std::optional<SpecialTokenSplitter::Match> SpecialTokenSplitter::FindNext(
    std::string_view text, size_t from, const std::vector<bool>& wanted) const {
  if (std::find(wanted.begin(), wanted.end(), true) == wanted.end()) return std::nullopt;
  for (size_t i = NextCandidate(text, from); i < text.size(); i = NextCandidate(text, i + 1)) {
    for (size_t t = 0; t < tokens_.size(); ++t) {
      if (wanted[t] && text.substr(i).starts_with(tokens_[t].text)) return Match{i, &tokens_[t]};
    }
  }
  return std::nullopt;
}

absl::Status SpecialTokenSplitter::Split(std::string_view text, const SpecialTokens& special,
                                         const std::function<void(std::string_view)>& on_text,
                                         const std::function<void(int32_t)>& on_token) const {
  if (const auto refused = FindNext(text, 0, Refused(special))) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the text contains the special token ", refused->token->text, " at byte ", refused->begin,
        ", which is not allowed here (allow it, or encode special tokens as ordinary text)"));
  }
  const std::vector<bool> allowed = Allowed(special);
  size_t begin = 0;
  for (;;) {
    const std::optional<Match> match = FindNext(text, begin, allowed);
    const size_t end = match ? match->begin : text.size();
    if (end > begin) on_text(text.substr(begin, end - begin));
    if (!match) return absl::OkStatus();
    on_token(match->token->id);
    begin = end + match->token->text.size();
  }
}

size_t SpecialTokenSplitter::OutsideOfTokens(std::string_view text, size_t cut) const {
  for (const AddedToken& token : tokens_) {
    // Beginnings before the cut from which the token reaches beyond it, or would if text followed.
    const size_t reach = std::min(cut, token.text.size() - 1);
    for (size_t begin = cut - reach; begin < cut; ++begin) {
      const std::string_view here = text.substr(begin, token.text.size());
      if (std::string_view(token.text).starts_with(here)) return OutsideOfTokens(text, begin);
    }
  }
  return cut;
}

std::optional<int32_t> SpecialTokenSplitter::Find(std::string_view token_text) const {
  for (const AddedToken& token : tokens_) {
    if (token.special && token.text == token_text) return token.id;
  }
  return std::nullopt;
}

}  // namespace gokart
