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

}  // namespace gokart
