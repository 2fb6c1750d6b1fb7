// The extents of a tensor: a small value type that prints as [2, 6, 3].
//
//   Shape s = {2, 6, 3};
//   s.size() == 36;  s[-1] == 3;  s.ToString() == "[2, 6, 3]";
#ifndef GOKART_TENSOR_SHAPE_H_
#define GOKART_TENSOR_SHAPE_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>
#include <vector>

namespace gokart {

/// Up to six extents, outermost first (row-major). A scalar has rank 0 and size 1.
class Shape {
 public:
  static constexpr int kMaxRank = 6;

  Shape() = default;
  /// Throws std::invalid_argument for a negative extent or more than kMaxRank of them.
  Shape(std::initializer_list<int64_t> extents) : Shape(extents.begin(), extents.end()) {}
  template <typename Iterator>
  Shape(Iterator begin, Iterator end) {
    for (; begin != end; ++begin) Append(*begin);
  }

  int rank() const { return rank_; }
  /// The number of elements: the product of the extents.
  int64_t size() const;
  /// The extent of an axis; negative axes count from the end, so s[-1] is the innermost.
  /// Throws std::invalid_argument when there is no such axis.
  int64_t operator[](int axis) const { return extents_[Axis(axis)]; }
  /// `axis` counted from the front, checked.
  int Axis(int axis) const;

  void Append(int64_t extent);
  /// This shape with one extent replaced.
  Shape With(int axis, int64_t extent) const;
  /// This shape without one axis.
  Shape Without(int axis) const;
  /// The product of the extents in [begin, end), axes counted from the front.
  int64_t Product(int begin, int end) const;

  const int64_t* begin() const { return extents_.data(); }
  const int64_t* end() const { return extents_.data() + rank_; }
  std::vector<int64_t> ToVector() const { return {begin(), end()}; }
  std::string ToString() const;

  bool operator==(const Shape& other) const;

 private:
  std::array<int64_t, kMaxRank> extents_ = {};
  int rank_ = 0;
};

std::ostream& operator<<(std::ostream& out, const Shape& shape);

}  // namespace gokart

#endif  // GOKART_TENSOR_SHAPE_H_
