#include "ch02_data/visible_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch02_data/sentencepiece_tokenizer.h"
#include "ch02_data/utf8.h"

namespace gokart {
namespace {

// C0 and C1 controls, DEL, and what changes the direction or the place of other text.
bool IsInvisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

std::string Symbol(char32_t c) {
  switch (c) {
    case ' ':
      return "␣";
    case '\n':
      return "⏎";
    case '\t':
      return "⇥";
    default:
      return absl::StrFormat("<U+%04X>", static_cast<uint32_t>(c));
  }
}

}  // namespace

std::string VisibleText(std::string_view text) {
  std::string visible;
  bool in_bytes = false;  // "<ED" is there, but not yet ">"
  for (size_t i = 0; i < text.size();) {
    const CodePoint c = DecodeUtf8(text, i);
    if (!c.valid) {
      absl::StrAppendFormat(&visible, in_bytes ? " %02X" : "<%02X", static_cast<uint8_t>(text[i]));
    } else {
      if (in_bytes) visible += ">";
      const bool symbol = c.value == ' ' || IsInvisible(c.value);
      visible += symbol ? Symbol(c.value) : std::string(text.substr(i, c.length));
    }
    in_bytes = !c.valid;
    i += c.length;
  }
  return in_bytes ? visible + ">" : visible;
}

std::string VisibleTokens(const Tokenizer& tokenizer, const std::vector<int32_t>& ids) {
  const auto* pieces = dynamic_cast<const SentencePieceTokenizer*>(&tokenizer);
  std::string visible;
  for (const int32_t id : ids) {
    const std::string text = pieces ? pieces->Pieces({id})[0] : tokenizer.Decode({id});
    absl::StrAppend(&visible, visible.empty() ? "" : "|", VisibleText(text));
  }
  return visible;
}

std::string IdsToText(const std::vector<int32_t>& ids, size_t most) {
  std::string text;
  for (size_t i = 0; i < std::min(ids.size(), most); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : " ", ids[i]);
  }
  return ids.size() > most ? text + " ..." : text;
}

}  // namespace gokart
