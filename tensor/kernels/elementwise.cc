#include "tensor/kernels/elementwise.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/row_blocks.h"
#include "tensor/kernels/vector_math.h"

namespace gokart::kernels {
namespace {

/// y[i] = f(i) for i in [0, n).
template <typename F>
void Store(int64_t n, float* y, const F& f) {
  ParallelFor(n, kEntriesPerRange, [=](int64_t begin, int64_t end) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) y[i] = f(i);
  });
}

/// y[r, j] = f(x[r, j], row[j]).
template <typename F>
void StoreRows(int64_t rows, int64_t c, const float* x, const float* row, float* y, const F& f) {
  ParallelFor(rows, RowsPerRange(c), [=](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* in = x + r * c;
      float* out = y + r * c;
#pragma omp simd
      for (int64_t j = 0; j < c; ++j) out[j] = f(in[j], row[j]);
    }
  });
}

/// Fills y past the caches: memory is written without being read first, at twice the speed.
void StreamFill(int64_t n, float value, float* y) {
#ifdef __SSE2__
  const __m128 values = _mm_set1_ps(value);
  float* end = y + n;
  while (y < end && reinterpret_cast<uintptr_t>(y) % sizeof(values) != 0) *y++ = value;
  for (; end - y >= 4; y += 4) _mm_stream_ps(y, values);
  _mm_sfence();
  std::fill(y, end, value);
#else
  std::fill(y, y + n, value);
#endif
}

}  // namespace

void Add(int64_t n, const float* a, const float* b, float* y) {
  Store(n, y, [=](int64_t i) { return a[i] + b[i]; });
}
void Subtract(int64_t n, const float* a, const float* b, float* y) {
  Store(n, y, [=](int64_t i) { return a[i] - b[i]; });
}
void Multiply(int64_t n, const float* a, const float* b, float* y) {
  Store(n, y, [=](int64_t i) { return a[i] * b[i]; });
}
void Divide(int64_t n, const float* a, const float* b, float* y) {
  Store(n, y, [=](int64_t i) { return a[i] / b[i]; });
}

void AddTo(int64_t n, const float* x, float* y) {
  Store(n, y, [=](int64_t i) { return y[i] + x[i]; });
}

void MultiplyAddTo(int64_t n, const float* a, const float* b, float* y) {
  Store(n, y, [=](int64_t i) { return y[i] + a[i] * b[i]; });
}

void Scale(int64_t n, float factor, const float* x, float* y, bool accumulate) {
  if (accumulate) {
    Store(n, y, [=](int64_t i) { return y[i] + factor * x[i]; });
  } else {
    Store(n, y, [=](int64_t i) { return factor * x[i]; });
  }
}

void Fill(int64_t n, float value, float* y) {
  constexpr int64_t kLarge = int64_t{8} << 20;  // 32 MB, more than the caches hold
  ParallelFor(n, kEntriesPerRange, [=](int64_t begin, int64_t end) {
    if (n >= kLarge) {
      StreamFill(end - begin, value, y + begin);
    } else {
      std::fill(y + begin, y + end, value);
    }
  });
}

void Copy(int64_t n, const float* x, float* y) {
  if (x == y) return;
  ParallelFor(n, kEntriesPerRange, [=](int64_t begin, int64_t end) {
    std::memcpy(y + begin, x + begin, (end - begin) * sizeof(float));
  });
}

void AddRow(int64_t rows, int64_t c, const float* x, const float* row, float* y) {
  StoreRows(rows, c, x, row, y, [](float a, float b) { return a + b; });
}

void MultiplyRow(int64_t rows, int64_t c, const float* x, const float* row, float* y) {
  StoreRows(rows, c, x, row, y, [](float a, float b) { return a * b; });
}

void ApplyKeepBits(int64_t n, const uint64_t* keep, float scale, const float* x, float* y,
                   bool accumulate) {
  static_assert(kEntriesPerRange % 64 == 0);  // ranges start with a word
  ParallelFor(n, kEntriesPerRange, [=](int64_t begin, int64_t end) {
    const auto apply = [=](int64_t i, int64_t size, auto keep_or_zero) {
      // Half a word at a time: 32-bit numbers have as many lanes as floats.
      const uint32_t bits = static_cast<uint32_t>(keep[i / 64] >> (i % 64));
      const float* in = x + i;
      float* out = y + i;
#pragma omp simd
      for (int j = 0; j < size; ++j) out[j] = keep_or_zero(out[j], in[j], (bits >> j & 1) != 0);
    };
    const auto apply_all = [=](auto keep_or_zero) {
      int64_t i = begin;
      for (; i + 32 <= end; i += 32)
        apply(i, 32, keep_or_zero);  // a constant size: no loop is left
      if (i < end) apply(i, end - i, keep_or_zero);
    };
    if (accumulate) {
      apply_all([=](float old, float in, bool kept) { return old + (kept ? in * scale : 0.0f); });
    } else {
      apply_all([=](float, float in, bool kept) { return kept ? in * scale : 0.0f; });
    }
  });
}

void Exp(int64_t n, const float* x, float* y) {
  Store(n, y, [=](int64_t i) { return Exp(x[i]); });
}
void Log(int64_t n, const float* x, float* y) {
  Store(n, y, [=](int64_t i) { return Log(x[i]); });
}
void Sqrt(int64_t n, const float* x, float* y) {
  Store(n, y, [=](int64_t i) { return std::sqrt(x[i]); });
}

}  // namespace gokart::kernels
