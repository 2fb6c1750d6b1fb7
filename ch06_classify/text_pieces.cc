#include "ch06_classify/text_pieces.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace gokart {
namespace {

void Check(const char* name, double value) {
  if (value >= 0 && value <= 1) return;
  throw std::invalid_argument("PiecesOfTexts: " + std::string(name) + " " + std::to_string(value) +
                              " must be between 0 and 1");
}

// A whole number from `low` to `high`, where u is uniform on [0, 1).
int64_t Between(int64_t low, int64_t high, double u) {
  return low + std::min(static_cast<int64_t>(u * static_cast<double>(high - low + 1)), high - low);
}

}  // namespace

TokenIds PiecesOfTexts(const TokenIds& ids, int32_t pad_id, const TextPiecesOptions& options,
                       Generator& generator) {
  Check("rate", options.rate);
  Check("shortest", options.shortest);
  TokenIds pieces = ids;
  const int64_t rows = ids.shape(0), columns = ids.shape(1);
  for (int64_t row = 0; row < rows; ++row) {
    const double chosen = generator.UniformDouble();
    const double size = generator.UniformDouble(), place = generator.UniformDouble();
    if (chosen >= options.rate) continue;
    int64_t length = columns;
    while (length > 0 && ids(row, length - 1) == pad_id) --length;
    if (length == 0) continue;
    const double shortest = options.shortest * static_cast<double>(length);
    const int64_t kept =
        Between(std::max<int64_t>(1, static_cast<int64_t>(shortest)), length, size);
    const int64_t begin = Between(0, length - kept, place);
    for (int64_t t = 0; t < columns; ++t) {
      pieces(row, t) = t < kept ? ids(row, begin + t) : pad_id;
    }
  }
  return pieces;
}

}  // namespace gokart
