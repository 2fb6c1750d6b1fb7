#include "tensor/shape.h"

#include <algorithm>
#include <stdexcept>

namespace gokart {

int64_t Shape::size() const { return Product(0, rank_); }

int64_t Shape::Product(int begin, int end) const {
  int64_t product = 1;
  for (int i = begin; i < end; ++i) product *= extents_[i];
  return product;
}

int Shape::Axis(int axis) const {
  const int from_front = axis < 0 ? axis + rank_ : axis;
  if (from_front < 0 || from_front >= rank_) {
    throw std::invalid_argument("Shape " + ToString() + " has no axis " + std::to_string(axis));
  }
  return from_front;
}

void Shape::Append(int64_t extent) {
  if (extent < 0) {
    throw std::invalid_argument("Shape: negative extent " + std::to_string(extent));
  }
  if (rank_ == kMaxRank) {
    throw std::invalid_argument("Shape: more than " + std::to_string(kMaxRank) + " axes");
  }
  // The largest size whose bytes can be counted in 64 bits; anything above is a mistake.
  if (extent > 0 && size() > (INT64_MAX / 16) / extent) {
    throw std::invalid_argument("Shape: " + ToString() + " times " + std::to_string(extent) +
                                " elements do not fit in memory");
  }
  extents_[rank_++] = extent;
}

Shape Shape::With(int axis, int64_t extent) const {
  Shape result = *this;
  result.extents_[Axis(axis)] = extent;
  return result;
}

Shape Shape::Without(int axis) const {
  Shape result;
  const int gone = Axis(axis);
  for (int i = 0; i < rank_; ++i) {
    if (i != gone) result.Append(extents_[i]);
  }
  return result;
}

std::string Shape::ToString() const {
  std::string text = "[";
  for (int i = 0; i < rank_; ++i) text += (i ? ", " : "") + std::to_string(extents_[i]);
  return text + "]";
}

bool Shape::operator==(const Shape& other) const {
  return rank_ == other.rank_ && std::equal(begin(), end(), other.begin());
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.ToString(); }

}  // namespace gokart
