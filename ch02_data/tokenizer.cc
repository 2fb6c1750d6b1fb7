#include "ch02_data/tokenizer.h"

#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace gokart {

void Tokenizer::CheckIds(const std::vector<int32_t>& ids) const {
  const int size = vocab_size();
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= size) {
      throw std::invalid_argument(absl::StrCat("Decode: id ", ids[i], " at position ", i,
                                               " is outside the vocabulary of ", size, " tokens"));
    }
  }
}

size_t Tokenizer::LastSafeCut(std::string_view text) const {
  constexpr std::string_view kSpaces = " \t\n\r";
  for (size_t cut = text.size(); cut-- > 1;) {
    if (kSpaces.find(text[cut]) != kSpaces.npos && kSpaces.find(text[cut - 1]) == kSpaces.npos) {
      return cut;
    }
  }
  return 0;
}

}  // namespace gokart
