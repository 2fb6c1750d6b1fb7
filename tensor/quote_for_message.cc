#include "tensor/quote_for_message.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace gokart {

std::string QuoteForMessage(absl::string_view text) {
  constexpr size_t kMaxLength = 80;
  const std::string escaped = absl::CHexEscape(text.substr(0, kMaxLength));
  return absl::StrCat("\"", escaped, text.size() > kMaxLength ? "...\"" : "\"");
}

}  // namespace gokart
