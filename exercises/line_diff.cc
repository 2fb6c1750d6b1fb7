#include "exercises/line_diff.h"

#include <algorithm>

namespace gokart::exercises {

std::string LineDiff(const std::vector<std::string>& from, const std::vector<std::string>& to) {
  if (from == to) return "";
  const size_t n = from.size(), m = to.size();
  // common[i][j]: lines that from[i..] and to[j..] have in common, in order.
  std::vector<std::vector<int>> common(n + 1, std::vector<int>(m + 1, 0));
  for (size_t i = n; i-- > 0;) {
    for (size_t j = m; j-- > 0;) {
      common[i][j] = from[i] == to[j] ? common[i + 1][j + 1] + 1
                                      : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::string text;
  const auto add = [&](char sign, const std::string& line) { text += sign + line + "\n"; };
  size_t i = 0, j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && from[i] == to[j]) {
      add(' ', from[i++]);
      ++j;
    } else if (j == m || (i < n && common[i + 1][j] >= common[i][j + 1])) {
      add('-', from[i++]);
    } else {
      add('+', to[j++]);
    }
  }
  return text;
}

}  // namespace gokart::exercises
