#include "tensor/kernels/layer_norm.h"

#include <cmath>
#include <cstdint>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/row_blocks.h"

namespace gokart::kernels {
namespace {

struct Moments {
  float mean;
  float variance;
};

/// Mean and biased variance in two passes. The second also sums x - mean, which the rounding of the
/// first keeps from being 0; both results are corrected by it (Chan, Golub and LeVeque 1983).
Moments RowMoments(int64_t c, const float* x) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t j = 0; j < c; ++j) sum += x[j];
  const float mean = sum / c;
  float offset = 0, squares = 0;
#pragma omp simd reduction(+ : offset, squares)
  for (int64_t j = 0; j < c; ++j) {
    const float d = x[j] - mean;
    offset += d;
    squares += d * d;
  }
  offset /= c;
  return {mean + offset, squares / c - offset * offset};
}

/// y = (x - mean) * rstd * scale + shift for one row.
void NormalizeRow(int64_t c, const float* x, float mean, float rstd, const float* scale,
                  const float* shift, float* y) {
  if (scale == nullptr && shift == nullptr) {
#pragma omp simd
    for (int64_t j = 0; j < c; ++j) y[j] = (x[j] - mean) * rstd;
  } else if (shift == nullptr) {
#pragma omp simd
    for (int64_t j = 0; j < c; ++j) y[j] = (x[j] - mean) * rstd * scale[j];
  } else if (scale == nullptr) {
#pragma omp simd
    for (int64_t j = 0; j < c; ++j) y[j] = (x[j] - mean) * rstd + shift[j];
  } else {
#pragma omp simd
    for (int64_t j = 0; j < c; ++j) y[j] = (x[j] - mean) * rstd * scale[j] + shift[j];
  }
}

/// With xhat = (x - mean) * rstd and g = dy * scale:
///   dx = rstd * (g - mean(g) - xhat * mean(g * xhat)),
/// where RMSNorm, which does not subtract the mean, lacks the term mean(g). `scale(j)` is the
/// factor.
template <typename ScaleAt>
void RowInputGradient(int64_t c, const float* x, float mean, float rstd, bool centered,
                      const ScaleAt& scale, const float* dy, float* dx, bool accumulate) {
  // [exercise E.3] The gradient of layer normalisation
  // Task: With xhat_j = (x_j - mean) rstd and g_j = dy_j scale(j), write dx_j = rstd (g_j - mean(g)
  //       - xhat_j mean(g xhat)), or add it to dx if `accumulate`; mean(g) counts as 0 unless
  //       `centered`. Below, add the gradients of scale and shift for one row.
  // Hint: Two passes over the row: the first adds up g and g xhat, the second writes dx.
  // Hint: scale multiplies xhat and shift is added: their gradients are dy xhat and dy, added up
  //       over all rows. Either may not be wanted (null).
  // Test: //tensor/ops:worked_gradients_test LayerNormGradient.*
  // Read: tensor/kernels/layer_norm.h

  float sum = 0, dot = 0;
#pragma omp simd reduction(+ : sum, dot)
  for (int64_t j = 0; j < c; ++j) {
    const float g = dy[j] * scale(j);
    sum += g;
    dot += g * ((x[j] - mean) * rstd);
  }
  const float mean_g = centered ? sum / c : 0.0f;
  const float mean_g_xhat = dot / c;
  if (accumulate) {
#pragma omp simd
    for (int64_t j = 0; j < c; ++j) {
      dx[j] += rstd * (dy[j] * scale(j) - mean_g - (x[j] - mean) * rstd * mean_g_xhat);
    }
  } else {
#pragma omp simd
    for (int64_t j = 0; j < c; ++j) {
      dx[j] = rstd * (dy[j] * scale(j) - mean_g - (x[j] - mean) * rstd * mean_g_xhat);
    }
  }
  // [end of exercise E.3]
}

/// dscale[j] += dy[j] * xhat[j] and dshift[j] += dy[j], where not null.
void AddRowParameterGradients(int64_t c, const float* x, float mean, float rstd, const float* dy,
                              float* dscale, float* dshift) {
  // [exercise E.3, continued]
  if (dscale != nullptr) {
#pragma omp simd
    for (int64_t j = 0; j < c; ++j) dscale[j] += dy[j] * ((x[j] - mean) * rstd);
  }
  if (dshift != nullptr) {
#pragma omp simd
    for (int64_t j = 0; j < c; ++j) dshift[j] += dy[j];
  }
  // [end of exercise E.3]
}

/// The backward pass of both norms; `mean` is null for RMSNorm.
void NormBackward(int64_t rows, int64_t c, const float* x, const float* scale, const float* mean,
                  const float* rstd, const float* dy, float* dx, bool dx_accumulate, float* dscale,
                  bool dscale_accumulate, float* dshift, bool dshift_accumulate) {
  const auto input_gradient = [&](int64_t r) {
    const float row_mean = mean == nullptr ? 0.0f : mean[r];
    const auto run = [&](const auto& scale_at) {
      RowInputGradient(c, x + r * c, row_mean, rstd[r], mean != nullptr, scale_at, dy + r * c,
                       dx + r * c, dx_accumulate);
    };
    if (scale == nullptr) {
      run([](int64_t) { return 1.0f; });
    } else {
      run([scale](int64_t j) { return scale[j]; });
    }
  };
  if (dscale == nullptr && dshift == nullptr) {
    if (dx == nullptr) return;
    ParallelFor(rows, RowsPerRange(c), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) input_gradient(r);
    });
    return;
  }
  // sums[0, C) for dscale, sums[C, 2C) for dshift.
  ColumnSums sums(rows, 2 * c);
  sums.ForEachBlock([&](int64_t begin, int64_t end, float* sum) {
    for (int64_t r = begin; r < end; ++r) {
      AddRowParameterGradients(c, x + r * c, mean == nullptr ? 0.0f : mean[r], rstd[r], dy + r * c,
                               dscale == nullptr ? nullptr : sum,
                               dshift == nullptr ? nullptr : sum + c);
      if (dx != nullptr) input_gradient(r);
    }
  });
  if (dscale != nullptr) sums.Store(0, c, dscale, dscale_accumulate);
  if (dshift != nullptr) sums.Store(c, c, dshift, dshift_accumulate);
}

}  // namespace

void LayerNormForward(int64_t rows, int64_t c, float eps, const float* x, const float* scale,
                      const float* shift, float* y, float* mean, float* rstd) {
  ParallelFor(rows, RowsPerRange(c), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const Moments moments = RowMoments(c, x + r * c);
      mean[r] = moments.mean;
      rstd[r] = 1.0f / std::sqrt(moments.variance + eps);
      NormalizeRow(c, x + r * c, mean[r], rstd[r], scale, shift, y + r * c);
    }
  });
}

void LayerNormBackward(int64_t rows, int64_t c, const float* x, const float* scale,
                       const float* mean, const float* rstd, const float* dy, float* dx,
                       bool dx_accumulate, float* dscale, bool dscale_accumulate, float* dshift,
                       bool dshift_accumulate) {
  NormBackward(rows, c, x, scale, mean, rstd, dy, dx, dx_accumulate, dscale, dscale_accumulate,
               dshift, dshift_accumulate);
}

void RmsNormForward(int64_t rows, int64_t c, float eps, const float* x, const float* scale,
                    float* y, float* rstd) {
  ParallelFor(rows, RowsPerRange(c), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* row = x + r * c;
      float squares = 0;
#pragma omp simd reduction(+ : squares)
      for (int64_t j = 0; j < c; ++j) squares += row[j] * row[j];
      rstd[r] = 1.0f / std::sqrt(squares / c + eps);
      NormalizeRow(c, row, 0.0f, rstd[r], scale, nullptr, y + r * c);
    }
  });
}

void RmsNormBackward(int64_t rows, int64_t c, const float* x, const float* scale, const float* rstd,
                     const float* dy, float* dx, bool dx_accumulate, float* dscale,
                     bool dscale_accumulate) {
  NormBackward(rows, c, x, scale, nullptr, rstd, dy, dx, dx_accumulate, dscale, dscale_accumulate,
               nullptr, false);
}

}  // namespace gokart::kernels
