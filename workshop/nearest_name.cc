#include "workshop/nearest_name.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <numeric>

namespace gokart {
namespace {

// Fewest insertions, deletions, substitutions and swaps of neighbours that turn one text into the
// other (optimal string alignment).
size_t EditDistance(const std::string& a, const std::string& b) {
  // Distances of the starts of a (rows) to the starts of b; three rows are enough.
  std::vector<size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({substituted, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

// How the text of a flag or command is compared: n-heads, n_heads and N_HEADS are the same.
std::string Normalized(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '-' ? '_' : std::tolower(c); });
  return name;
}

}  // namespace

std::string NearestName(const std::string& name, const std::vector<std::string>& names) {
  const std::string wanted = Normalized(name);
  if (wanted.size() > 100) return "";
  std::string nearest;
  size_t smallest = 1 + std::max<size_t>(1, wanted.size() / 3);  // mistypings, not other words
  for (const std::string& candidate : names) {
    const std::string other = Normalized(candidate);
    const bool starts_so = wanted.size() >= 3 && other.compare(0, wanted.size(), wanted) == 0;
    const size_t distance = starts_so ? 1 : EditDistance(wanted, other);
    if (distance < smallest) {
      smallest = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace gokart
