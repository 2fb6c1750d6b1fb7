#include "tensor/kernels/matmul.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "tensor/kernels/dot_products.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/parallel_streams.h"
#include "tensor/kernels/scratch.h"
#include "tensor/kernels/serial_matmul.h"

namespace gokart::kernels {
namespace {

int64_t CeilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

// How a product is cut, by its shape alone.
struct Tiling {
  int64_t rows, cols;            // of a tile of C
  int64_t depth;                 // of a chunk of K
  int64_t grain = 1;             // tasks (a tile of one chunk each) for a thread to take at a time
  int64_t down = 1, across = 1;  // tiles that cover C
  int64_t chunks = 1;            // chunks that cover K

  int64_t Tiles() const { return down * across; }
};

// Enough tiles that eight threads end at about the same time, if each is worth a thread's while.
constexpr int64_t kWantedTiles = 16;
constexpr double kTileWork = 8e6;

// Multiplications and additions, and memory traffic in their terms.
double Work(double m, double n, double k) { return 2 * m * n * k + 16 * (m * n + m * k + n * k); }

Tiling ChooseTiling(const MatMulShape& s) {
  // SerialMatMul rearranges operands anew for every tile: A's part n / cols times, B's m / rows
  // times.
  const int64_t tall = RearrangesB(s) && !RearrangesA(s) ? 2 : 1;
  // With few rows, reading B is all there is to do, best in long pieces.
  const int64_t wide = RearrangesB(s) || s.m > 64 ? 1 : std::bit_floor<uint64_t>(64 / s.m);
  Tiling t = {.rows = 512 * tall, .cols = 384 / tall * wide, .depth = s.k};
  const double work = Work(s.m, s.n, s.k);
  const int64_t wanted = std::clamp<int64_t>(work / kTileWork, 1, kWantedTiles);
  const auto tiles = [&] { return CeilDiv(s.m, t.rows) * CeilDiv(s.n, t.cols); };
  // Multiples of 48 columns and 8 rows suit oneDNN's kernels.
  while (tiles() < wanted && (t.rows > 64 || t.cols > 96)) {
    const bool halve_rows = t.rows > 64 && std::min(t.rows, s.m) > tall * std::min(t.cols, s.n);
    (halve_rows || t.cols <= 96 ? t.rows : t.cols) /= 2;
  }
  if (s.k >= 2048) {
    const int64_t chunks = std::min(wanted / tiles(), s.k / 1024);
    if (chunks > 1) t.depth = CeilDiv(CeilDiv(s.k, chunks), 16) * 16;
  }
  t.down = CeilDiv(s.m, t.rows);
  t.across = CeilDiv(s.n, t.cols);
  t.chunks = std::max<int64_t>(1, CeilDiv(s.k, std::max<int64_t>(1, t.depth)));
  const int64_t tasks = t.Tiles() * t.chunks;
  t.grain = GrainForWork(tasks, work / tasks);
  return t;
}

MatMulTile TileAt(const MatMulShape& s, const Tiling& t, int64_t i) {
  const int64_t row = i % t.down * t.rows, col = i / t.down * t.cols;
  return {row, std::min(s.m, row + t.rows), col, std::min(s.n, col + t.cols)};
}

// C[tile] of the products of K in [k_begin, k_end).
void ComputeTile(const MatMulShape& shape, const MatMulTile& tile, int64_t k_begin, int64_t k_end,
                 const float* a, const float* b, float* c) {
  MatMulShape s = shape;
  s.m = tile.row_end - tile.row_begin;
  s.n = tile.col_end - tile.col_begin;
  s.k = k_end - k_begin;
  a +=
      s.transpose_a ? k_begin * s.a_stride + tile.row_begin : tile.row_begin * s.a_stride + k_begin;
  b +=
      s.transpose_b ? tile.col_begin * s.b_stride + k_begin : k_begin * s.b_stride + tile.col_begin;
  SerialMatMul(s, a, b, c + tile.row_begin * s.c_stride + tile.col_begin);
}

// A small output with a long K: all chunks but the first go to buffers of their own and are added
// up in order, once all are there.
void SplitMatMul(const MatMulShape& s, const Tiling& t, const float* a, const float* b, float* c,
                 const MatMulEpilogue& epilogue) {
  static thread_local Scratch scratch;
  float* partial = scratch.Get((t.chunks - 1) * s.m * s.n);
  MatMulShape partial_shape = s;
  partial_shape.c_stride = s.n;
  partial_shape.accumulate = false;
  ParallelFor(t.Tiles() * t.chunks, t.grain, [&, partial](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const MatMulTile tile = TileAt(s, t, i / t.chunks);
      const int64_t chunk = i % t.chunks, k_begin = chunk * t.depth;
      const int64_t k_end = std::min(s.k, k_begin + t.depth);
      if (chunk == 0) {
        ComputeTile(s, tile, k_begin, k_end, a, b, c);
      } else {
        ComputeTile(partial_shape, tile, k_begin, k_end, a, b, partial + (chunk - 1) * s.m * s.n);
      }
    }
  });
  ParallelFor(t.Tiles(), 1, [&, partial](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const MatMulTile tile = TileAt(s, t, i);
      for (int64_t row = tile.row_begin; row < tile.row_end; ++row) {
        float* out = c + row * s.c_stride;
        for (int64_t chunk = 0; chunk + 1 < t.chunks; ++chunk) {
          const float* in = partial + (chunk * s.m + row) * s.n;
#pragma omp simd
          for (int64_t col = tile.col_begin; col < tile.col_end; ++col) out[col] += in[col];
        }
      }
      if (epilogue) epilogue(tile);
    }
  });
}

// Whether op(A)'s rows, or op(B)'s columns, lie in one piece.
bool ContiguousA(const MatMulShape& s) { return !s.transpose_a || (s.m == 1 && s.a_stride == 1); }
bool ContiguousB(const MatMulShape& s) { return s.transpose_b || (s.n == 1 && s.b_stride == 1); }

// A product with few rows, or few columns, as dot products of the rows of its larger operand.
bool FewVectors(const MatMulShape& s) {
  return ContiguousA(s) && ContiguousB(s) && std::min(s.m, s.n) <= kMaxDotVectors;
}

void MatMulOfFewVectors(const MatMulShape& s, const float* a, const float* b, float* c,
                        const float* bias, const MatMulEpilogue& epilogue) {
  const bool few_rows = s.m <= s.n;
  const float *w = few_rows ? b : a, *x = few_rows ? a : b;
  const DotProductsShape dots = {.rows = few_rows ? s.n : s.m,
                                 .vectors = few_rows ? s.m : s.n,
                                 .k = s.k,
                                 .w_stride = few_rows ? s.b_stride : s.a_stride,
                                 .x_stride = few_rows ? s.a_stride : s.b_stride,
                                 .y_row_step = few_rows ? 1 : s.c_stride,
                                 .y_vector_step = few_rows ? s.c_stride : 1,
                                 .accumulate = s.accumulate};
  constexpr int64_t kMinFloats = 32768;  // of W, in a range that is worth fetching
  ParallelGuided(
      dots.rows, CeilDiv(kMinFloats, std::max<int64_t>(1, s.k)), [&](int64_t begin, int64_t end) {
        DotProductsShape part = dots;
        part.rows = end - begin;
        DotProducts(part, w + begin * dots.w_stride, x, bias != nullptr ? bias + begin : nullptr,
                    c + begin * dots.y_row_step);
        if (epilogue) {
          epilogue(few_rows ? MatMulTile{0, s.m, begin, end} : MatMulTile{begin, end, 0, s.n});
        }
      });
}

void Check(const char* name, const MatMulShape& s) {
  const auto dimensions = [](int64_t rows, int64_t cols, int64_t stride) {
    return absl::StrCat("[", rows, ", ", cols, "] with stride ", stride);
  };
  const int64_t a_cols = s.transpose_a ? s.m : s.k, b_cols = s.transpose_b ? s.k : s.n;
  if (s.m >= 0 && s.n >= 0 && s.k >= 0 && s.a_stride >= a_cols && s.b_stride >= b_cols &&
      s.c_stride >= s.n) {
    return;
  }
  throw std::invalid_argument(absl::StrCat(
      name, ": A ", dimensions(s.transpose_a ? s.k : s.m, a_cols, s.a_stride), ", B ",
      dimensions(s.transpose_b ? s.n : s.k, b_cols, s.b_stride), ", C ",
      dimensions(s.m, s.n, s.c_stride), ": negative size, or a stride below the row's length"));
}

}  // namespace

void MatMul(const MatMulShape& shape, const float* a, const float* b, float* c,
            const MatMulEpilogue& epilogue) {
  const MatMulShape s = WithStrides(shape);
  Check("MatMul", s);
  if (s.m == 0 || s.n == 0) return;
  if (FewVectors(s)) return MatMulOfFewVectors(s, a, b, c, nullptr, epilogue);
  const Tiling t = ChooseTiling(s);
  if (t.chunks > 1) return SplitMatMul(s, t, a, b, c, epilogue);
  ParallelFor(t.Tiles(), t.grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const MatMulTile tile = TileAt(s, t, i);
      ComputeTile(s, tile, 0, s.k, a, b, c);
      if (epilogue) epilogue(tile);
    }
  });
}

void BatchedMatMul(int64_t batch, const MatMulShape& shape, const float* a, int64_t a_step,
                   const float* b, int64_t b_step, float* c, int64_t c_step) {
  const MatMulShape s = WithStrides(shape);
  Check("BatchedMatMul", s);
  // A few large products one by one, all threads on each; else whole products spread over threads.
  const double work = Work(s.m, s.n, s.k);
  const bool few_large = batch < kWantedTiles && work > kWantedTiles * kTileWork;
  const auto multiply = [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) MatMul(s, a + i * a_step, b + i * b_step, c + i * c_step);
  };
  if (few_large) return multiply(0, batch);
  ParallelFor(batch, GrainForWork(batch, work), multiply);
}

void MatVec(int64_t n, int64_t k, const float* w, const float* x, const float* bias, float* y) {
  const MatMulShape s = WithStrides({.m = 1, .n = n, .k = k, .transpose_b = true});
  Check("MatVec", s);
  MatMulOfFewVectors(s, x, w, y, bias, nullptr);
}

}  // namespace gokart::kernels
