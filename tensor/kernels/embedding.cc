#include "tensor/kernels/embedding.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "tensor/kernels/elementwise.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/row_blocks.h"

namespace gokart::kernels {

void EmbeddingForward(int64_t n, int64_t c, const float* table, const int32_t* ids, float* y) {
  ParallelFor(n, RowsPerRange(c), [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      std::memcpy(y + i * c, table + ids[i] * c, c * sizeof(float));
    }
  });
}

void EmbeddingBackward(int64_t n, int64_t c, int64_t vocab, const int32_t* ids, const float* dy,
                       float* dtable, bool accumulate) {
  if (!accumulate) Fill(vocab * c, 0.0f, dtable);
  // Split by columns, so that no two threads write to the same entry and each adds in order.
  const int64_t grain = n * c < kEntriesPerRange ? c : 128;
  ParallelFor(c, std::max<int64_t>(1, grain), [=](int64_t begin, int64_t end) {
    for (int64_t i = 0; i < n; ++i) {
      float* to = dtable + ids[i] * c;
      const float* from = dy + i * c;
#pragma omp simd
      for (int64_t j = begin; j < end; ++j) to[j] += from[j];
    }
  });
}

}  // namespace gokart::kernels
