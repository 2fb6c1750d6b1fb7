#include "ch05_pretrain/weights/copy_weights.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/transpose.h"

namespace gokart {
namespace {

// Rows of the file that are looked at together when a matrix is turned around: their parts stay in
// the processor's cache.
constexpr int64_t kRows = 64;
constexpr int64_t kColumns = 64;
// Numbers that one thread converts at a time: whole blocks of any type, and whole pages.
constexpr int64_t kChunk = int64_t{1} << 16;

std::span<const std::byte> Numbers(const StoredTensor& tensor, int64_t first, int64_t count) {
  const int64_t size = static_cast<int64_t>(DTypeSize(tensor.dtype));
  const int64_t block = static_cast<int64_t>(DTypeBlock(tensor.dtype));
  return tensor.bytes.subspan(first / block * size, (count + block - 1) / block * size);
}

void Convert(const StoredTensor& tensor, int64_t first, int64_t count, float* out) {
  kernels::ParallelFor(count, kChunk, [&](int64_t begin, int64_t end) {
    ToFloats(tensor.dtype, Numbers(tensor, first + begin, end - begin),
             {out + begin, static_cast<size_t>(end - begin)});
  });
}

// out[out_features, in] = columns [first, first + out_features) of the file's [in, width].
struct Turned {
  int64_t in, width, first, out_features;
};

// The columns [begin, end) of the part, from floats in the file.
void TurnFloats(const float* file, const Turned& t, int64_t begin, int64_t end, float* out) {
  for (int64_t row = 0; row < t.in; row += kRows) {
    const int64_t rows = std::min(kRows, t.in - row);
    kernels::Transpose(rows, end - begin, file + row * t.width + t.first + begin, t.width,
                       out + begin * t.in + row, t.in);
  }
}

// The same from numbers of any type, made floats row by row.
void TurnConverted(const StoredTensor& tensor, const Turned& t, int64_t begin, int64_t end,
                   float* out) {
  const int64_t columns = end - begin;
  std::vector<float> floats(kRows * columns);
  for (int64_t row = 0; row < t.in; row += kRows) {
    const int64_t rows = std::min(kRows, t.in - row);
    for (int64_t i = 0; i < rows; ++i) {
      ToFloats(tensor.dtype, Numbers(tensor, (row + i) * t.width + t.first + begin, columns),
               {floats.data() + i * columns, static_cast<size_t>(columns)});
    }
    kernels::Transpose(rows, columns, floats.data(), columns, out + begin * t.in + row, t.in);
  }
}

}  // namespace

void CopyRows(const StoredTensor& tensor, const StoredPlace& place, const Shape& shape,
              int64_t begin, int64_t count, float* out) {
  if (!place.transposed) {
    const int64_t row = shape.With(0, 1).size();
    return Convert(tensor, place.part * shape.size() + begin * row, count * row, out);
  }
  const Turned turned = {shape[1], place.parts * shape[0], place.part * shape[0] + begin, count};
  const float* const floats = tensor.FloatsInPlace();
  kernels::ParallelFor(count, kColumns, [&](int64_t first, int64_t end) {
    if (floats != nullptr) {
      TurnFloats(floats, turned, first, end, out);
    } else {
      TurnConverted(tensor, turned, first, end, out);
    }
  });
}

const float* PartInPlace(const StoredTensor& tensor, const StoredPlace& place, const Shape& shape) {
  const float* const floats = place.transposed ? nullptr : tensor.FloatsInPlace();
  return floats == nullptr ? nullptr : floats + place.part * shape.size();
}

}  // namespace gokart
