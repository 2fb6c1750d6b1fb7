#include "tensor/kernels/packed_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

#ifdef __AVX2__
// gcc 12 warns of the undefined operands that its own intrinsics start from (gcc bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

namespace gokart::kernels {
namespace {

// One number for each row of a panel. Where registers are narrower the compiler takes two.
typedef float Rows __attribute__((vector_size(64)));
typedef int32_t IntRows __attribute__((vector_size(64)));
typedef uint32_t WordRows __attribute__((vector_size(64)));
typedef int8_t ByteRows __attribute__((vector_size(16)));
typedef uint16_t HalfRows __attribute__((vector_size(32)));

template <typename Vector>
Vector Load(const void* p) {
  Vector x;
  std::memcpy(&x, p, sizeof(x));
  return x;
}

Rows FromFloat16(const uint16_t* p) {
#if defined(__AVX512F__)
  return reinterpret_cast<Rows>(_mm512_cvtph_ps(Load<__m256i>(p)));
#elif defined(__F16C__)
  Rows x;
  const __m256 low = _mm256_cvtph_ps(Load<__m128i>(p)),
               high = _mm256_cvtph_ps(Load<__m128i>(p + 8));
  std::memcpy(&x, &low, sizeof(low));
  std::memcpy(reinterpret_cast<char*>(&x) + sizeof(low), &high, sizeof(high));
  return x;
#else
  Rows x;
  for (int r = 0; r < kPanelRows; ++r) x[r] = static_cast<float>(std::bit_cast<_Float16>(p[r]));
  return x;
#endif
}

Rows FromBFloat16(const uint16_t* p) {
  const WordRows bits = __builtin_convertvector(Load<HalfRows>(p), WordRows) << 16;
  return reinterpret_cast<Rows>(bits);
}

Rows FromInt8(const int8_t* p) {
#ifdef __AVX512F__
  return reinterpret_cast<Rows>(_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(Load<__m128i>(p))));
#else
  return __builtin_convertvector(__builtin_convertvector(Load<ByteRows>(p), IntRows), Rows);
#endif
}

constexpr Rows kInt4Values = {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};

// values[the lowest four bits of each word].
Rows LookUp(const Rows& values, const WordRows& words) {
#ifdef __AVX512F__
  return reinterpret_cast<Rows>(
      _mm512_permutexvar_ps(reinterpret_cast<__m512i>(words), reinterpret_cast<__m512>(values)));
#else
  return __builtin_shuffle(values, reinterpret_cast<IntRows>(words & 15));
#endif
}

// A block of a panel in each format: Visit calls visit(column, values of the 16 rows) for each
// column of the block, and Scale() is what the values are to be multiplied with. Everything is
// unrolled, so that sums may be indexed by column and still live in registers.
template <PackedCode kCode>
struct Block {
  static constexpr int64_t kColumns = BlockColumns(kCode);
  static constexpr bool kScaled = kCode != PackedCode::kFloat16 && kCode != PackedCode::kBFloat16;

  Block(const PackedRows& w, int64_t panel, int64_t block)
      : w(w), panel(panel), block(block), index(panel * w.blocks() + block) {}

  const char* codes() const {
    return static_cast<const char*>(w.codes) + index * BlockBytes(kCode);
  }

  template <typename Visitor>
  void Visit(const Visitor& visit) const {
    if constexpr (kCode == PackedCode::kInt4 || kCode == PackedCode::kNormal4) {
      const Rows values =
          kCode == PackedCode::kInt4 ? kInt4Values : Load<Rows>(kNormalFloat4.data());
#pragma GCC unroll 8
      for (int64_t i = 0; i < kColumns / 8; ++i) {
        const WordRows words = Load<WordRows>(codes() + i * sizeof(WordRows));
#pragma GCC unroll 8
        for (int64_t j = 0; j < 8; ++j) visit(8 * i + j, LookUp(values, words >> (4 * j)));
      }
    } else if constexpr (kCode == PackedCode::kInt8) {
      const int8_t* const bytes = reinterpret_cast<const int8_t*>(codes());
#pragma GCC unroll 32
      for (int64_t c = 0; c < kColumns; ++c) visit(c, FromInt8(bytes + c * kPanelRows));
    } else {
      const uint16_t* const halves = reinterpret_cast<const uint16_t*>(codes());
#pragma GCC unroll 32
      for (int64_t c = 0; c < kColumns; ++c) {
        const uint16_t* const p = halves + c * kPanelRows;
        visit(c, kCode == PackedCode::kFloat16 ? FromFloat16(p) : FromBFloat16(p));
      }
    }
  }

  Rows Scale() const {
    if constexpr (kCode == PackedCode::kNormal4) {
      const int8_t* const codes = w.scale_codes + index * kPanelRows;
      const int64_t blocks = w.blocks(), first = panel * kPanelRows * blocks + block;
      const int64_t last = (w.rows * blocks - 1) / kBlocksPerStep;
      Rows scale;
      for (int64_t r = 0; r < kPanelRows; ++r) {
        // Rows that only fill up the last panel have no step of their own, and need none.
        const float step = w.scale_steps[std::min(last, (first + r * blocks) / kBlocksPerStep)];
        scale[r] = *w.scale_mean + step * codes[r];
      }
      return scale;
    } else {
      return FromFloat16(w.scales + index * kPanelRows);
    }
  }

  const PackedRows& w;
  int64_t panel, block, index;
};

// One panel with kVectors vectors. Every sum is made in the same order for all kVectors: two
// interleaved sums in a block, added, scaled, and added to the sum of the blocks before.
template <PackedCode kCode, int kVectors>
void DotPanel(const PackedRows& w, int64_t panel, const float* x, int64_t x_stride, Rows* sums) {
  using B = Block<kCode>;
  constexpr int kSums = 2;
  Rows total[kVectors] = {};
  const int64_t blocks = w.blocks();
  for (int64_t b = 0; b < blocks; ++b) {
    const B block(w, panel, b);
    // What lies some blocks ahead. The processor does not look that far while it is busy with
    // arithmetic: with 8 vectors twice the speed, in 4 bits a tenth more with one; where neither is
    // the case, the instructions cost more than they bring.
    if constexpr (kVectors > 4 || BlockBytes(kCode) < 512) {
      for (int64_t line = 0; line < BlockBytes(kCode); line += 64) {
        __builtin_prefetch(block.codes() + 2048 + line);
      }
    }
    Rows part[kVectors][kSums] = {};
    block.Visit([&](int64_t column, const Rows& weights) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        part[v][column % kSums] += weights * x[v * x_stride + b * B::kColumns + column];
      }
    });
    const Rows scale = B::kScaled ? block.Scale() : Rows{};
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      const Rows sum = part[v][0] + part[v][1];
      if constexpr (B::kScaled) {
        total[v] += sum * scale;
      } else {
        total[v] += sum;
      }
    }
  }
  for (int v = 0; v < kVectors; ++v) sums[v] = total[v];
}

template <PackedCode kCode, int kVectors>
void DotPanels(const PackedRows& w, int64_t panel_begin, int64_t panel_end, const float* x,
               int64_t x_stride, const float* bias, float* y, int64_t y_stride) {
  for (int64_t panel = panel_begin; panel < panel_end; ++panel) {
    Rows sums[kVectors];
    DotPanel<kCode, kVectors>(w, panel, x, x_stride, sums);
    const int64_t row = panel * kPanelRows, rows = std::min(kPanelRows, w.rows - row);
    for (int v = 0; v < kVectors; ++v) {
      float* const out = y + v * y_stride + row;
      for (int64_t r = 0; r < rows; ++r)
        out[r] = sums[v][r] + (bias != nullptr ? bias[row + r] : 0);
    }
  }
}

template <PackedCode kCode>
void Dot(const PackedRows& w, int64_t panel_begin, int64_t panel_end, int64_t vectors,
         const float* x, int64_t x_stride, const float* bias, float* y, int64_t y_stride) {
  using Kernel = void (*)(const PackedRows&, int64_t, int64_t, const float*, int64_t, const float*,
                          float*, int64_t);
  constexpr Kernel kKernels[kMaxPackedVectors + 1] = {nullptr,
                                                      DotPanels<kCode, 1>,
                                                      DotPanels<kCode, 2>,
                                                      DotPanels<kCode, 3>,
                                                      DotPanels<kCode, 4>,
                                                      DotPanels<kCode, 5>,
                                                      DotPanels<kCode, 6>,
                                                      DotPanels<kCode, 7>,
                                                      DotPanels<kCode, 8>};
  if (vectors > 0) kKernels[vectors](w, panel_begin, panel_end, x, x_stride, bias, y, y_stride);
}

template <PackedCode kCode>
void Unpack(const PackedRows& w, int64_t panel_begin, int64_t panel_end, float* out,
            int64_t stride) {
  using B = Block<kCode>;
  for (int64_t panel = panel_begin; panel < panel_end; ++panel) {
    float* const panel_out = out + (panel - panel_begin) * kPanelRows;
    for (int64_t b = 0; b < w.blocks(); ++b) {
      const B block(w, panel, b);
      const Rows scale = B::kScaled ? block.Scale() : Rows{} + 1.0f;
      const int64_t begin = b * B::kColumns, count = std::min(B::kColumns, w.cols - begin);
      block.Visit([&](int64_t column, const Rows& weights) {
        if (column >= count) return;
        const Rows values = B::kScaled ? weights * scale : weights;
        std::memcpy(panel_out + (begin + column) * stride, &values, sizeof(values));
      });
    }
  }
}

// f.operator()<code>() for the format that w has.
template <typename Function>
void ForCode(PackedCode code, const Function& f) {
  switch (code) {
    case PackedCode::kFloat16:
      return f.template operator()<PackedCode::kFloat16>();
    case PackedCode::kBFloat16:
      return f.template operator()<PackedCode::kBFloat16>();
    case PackedCode::kInt8:
      return f.template operator()<PackedCode::kInt8>();
    case PackedCode::kInt4:
      return f.template operator()<PackedCode::kInt4>();
    case PackedCode::kNormal4:
      return f.template operator()<PackedCode::kNormal4>();
  }
}

}  // namespace

void PackedDot(const PackedRows& w, int64_t panel_begin, int64_t panel_end, int64_t vectors,
               const float* x, int64_t x_stride, const float* bias, float* y, int64_t y_stride) {
  ForCode(w.code, [&]<PackedCode kCode>() {
    Dot<kCode>(w, panel_begin, panel_end, vectors, x, x_stride, bias, y, y_stride);
  });
}

void UnpackPanels(const PackedRows& w, int64_t panel_begin, int64_t panel_end, float* out,
                  int64_t stride) {
  ForCode(w.code,
          [&]<PackedCode kCode>() { Unpack<kCode>(w, panel_begin, panel_end, out, stride); });
}

}  // namespace gokart::kernels
