#include "ch05_pretrain/parse_ids.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace gokart {

absl::StatusOr<TokenIds> ParseIds(const std::string& text) {
  if (text.empty()) return absl::InvalidArgumentError("no token ids");
  std::vector<int32_t> all;
  size_t rows = 0, columns = 0;
  for (absl::string_view row : absl::StrSplit(text, ';')) {
    size_t in_row = 0;
    for (absl::string_view number : absl::StrSplit(row, ',')) {
      int32_t id = 0;
      if (!absl::SimpleAtoi(number, &id) || id < 0) {
        return absl::InvalidArgumentError(absl::StrCat("\"", number, "\" is no token id"));
      }
      all.push_back(id);
      ++in_row;
    }
    if (++rows > 1 && in_row != columns) {
      return absl::InvalidArgumentError(
          absl::StrCat("row ", rows, " has ", in_row, " token ids, those before it ", columns));
    }
    columns = in_row;
  }
  TokenIds ids = TokenIds::from_shape({rows, columns});
  std::copy(all.begin(), all.end(), ids.begin());
  return ids;
}

}  // namespace gokart
