#include "tensor/kernels/packed_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "tensor/kernels/fixed_point.h"
#include "tensor/kernels/lanes.h"
#include "tensor/kernels/pair_products.h"

namespace gokart::kernels {
namespace {

// One number for each row of a panel. Where registers are narrower the compiler takes two.
typedef float Rows __attribute__((vector_size(64)));
typedef int32_t IntRows __attribute__((vector_size(64)));
typedef uint32_t WordRows __attribute__((vector_size(64)));
typedef int16_t SignedHalfRows __attribute__((vector_size(32)));
typedef uint16_t HalfRows __attribute__((vector_size(32)));

template <typename Vector>
Vector Load(const void* p) {
  Vector x;
  std::memcpy(&x, p, sizeof(x));
  return x;
}

Rows FromFloat16(const uint16_t* p) {
  Rows x;
  for (int r = 0; r < kPanelRows; r += kLanes) {
    const Lanes part = LoadFloat16(p + r);
    std::memcpy(reinterpret_cast<float*>(&x) + r, &part, sizeof(part));
  }
  return x;
}

Rows FromBFloat16(const uint16_t* p) {
  const WordRows bits = __builtin_convertvector(Load<HalfRows>(p), WordRows) << 16;
  return reinterpret_cast<Rows>(bits);
}

// Two columns of int8 codes: an even one in the lower bytes, the next in the upper.
IntRows LoadBytePairs(const int8_t* p) {
  return __builtin_convertvector(Load<SignedHalfRows>(p), IntRows);
}
Rows ToRows(const IntRows& x) { return __builtin_convertvector(x, Rows); }

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
        for (int64_t j = 0; j < 8; ++j) {
          const int64_t shift = kCode == PackedCode::kInt4 ? j / 2 * 4 + j % 2 * 16 : j * 4;
          visit(8 * i + j, LookUp(values, words >> shift));
        }
      }
    } else if constexpr (kCode == PackedCode::kInt8) {
      const int8_t* const bytes = reinterpret_cast<const int8_t*>(codes());
#pragma GCC unroll 16
      for (int64_t c = 0; c < kColumns; c += 2) {
        const IntRows pairs = LoadBytePairs(bytes + c * kPanelRows);
        visit(c, ToRows((pairs << 24) >> 24));
        visit(c + 1, ToRows(pairs >> 8));
      }
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

// Whether products are made of whole numbers.
constexpr bool IsFixed(PackedCode code) {
  return code == PackedCode::kInt8 || code == PackedCode::kInt4;
}

// Codes are fetched so many bytes before they are needed, a cache line at a time and in between the
// arithmetic: the processor itself does not look that far while it is busy.
constexpr int64_t kAhead = 8192, kLine = 64;

// One panel with kVectors vectors in float32. Every sum is made in the same order for all kVectors:
// two interleaved sums in a block, added, scaled, and added to the sum of the blocks before.
template <PackedCode kCode, int kVectors>
void DotFloatPanel(const PackedRows& w, int64_t panel, const float* x, Rows* sums) {
  using B = Block<kCode>;
  constexpr int kSums = 2;
  constexpr int64_t kColumnsPerLine = kLine * B::kColumns / BlockBytes(kCode);
  Rows total[kVectors] = {};
  const int64_t blocks = w.blocks(), x_stride = w.padded_cols();
  for (int64_t b = 0; b < blocks; ++b) {
    const B block(w, panel, b);
    Rows part[kVectors][kSums] = {};
    block.Visit([&](int64_t column, const Rows& weights) {
      if (column % kColumnsPerLine == 0) {
        __builtin_prefetch(block.codes() + kAhead + column / kColumnsPerLine * kLine);
      }
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

// Calls visit(column, codes of this and the next column) for the pairs of columns of a block, for
// as many rows as there are lanes. Codes of int4 are left as q, not q - 8.
template <PackedCode kCode, typename Visitor>
[[gnu::always_inline]] inline void VisitPairs(const char* codes, const Visitor& visit) {
  if constexpr (kCode == PackedCode::kInt8) {
#pragma GCC unroll 16
    for (int64_t c = 0; c < kFixedBlock; c += 2) {
      if (c % 4 == 0) __builtin_prefetch(codes + c * kPanelRows + kAhead);
      visit(c, WidenBytes(reinterpret_cast<const int8_t*>(codes + c * kPanelRows)));
    }
  } else {
#pragma GCC unroll 4
    for (int64_t i = 0; i < kFixedBlock / 8; ++i) {
      const PairLanes words = Load<PairLanes>(codes + i * kLine);
      __builtin_prefetch(codes + i * kLine + kAhead);
#pragma GCC unroll 3
      for (int64_t j = 0; j < 3; ++j) visit(8 * i + 2 * j, words >> (4 * j) & 15);
      visit(8 * i + 6, words >> 12);
    }
  }
}

// The rows [lane, lane + kLanes) of a panel with kVectors vectors in fixed point. The sum of a
// block is exact; blocks are scaled and added in their order.
template <PackedCode kCode, int kVectors>
void DotFixedLanes(const PackedRows& w, int64_t panel, int64_t lane, const FixedBlock* x,
                   Lanes* sums) {
  const int64_t blocks = w.blocks();
  constexpr int64_t kLaneBytes = kCode == PackedCode::kInt8 ? 2 : 4;  // of a row, side by side
  constexpr int64_t kScalesAhead = kAhead / BlockBytes(kCode) * kPanelRows;
  const char* codes =
      static_cast<const char*>(w.codes) + panel * blocks * BlockBytes(kCode) + lane * kLaneBytes;
  const uint16_t* scales = w.scales + panel * blocks * kPanelRows + lane;
  Lanes total[kVectors] = {};
  for (int64_t b = 0; b < blocks; ++b, codes += BlockBytes(kCode), scales += kPanelRows) {
    if (b % 2 == 0) __builtin_prefetch(scales + kScalesAhead);
    IntLanes part[kVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      const int32_t start = kCode == PackedCode::kInt4 ? x[v * blocks + b].minus_eight_sums : 0;
      part[v] = IntLanes{} + start;
    }
    VisitPairs<kCode>(codes, [&](int64_t column, const PairLanes& weights) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        part[v] =
            AddPairProducts(part[v], weights, BroadcastPair(x[v * blocks + b].values + column));
      }
    });
    const Lanes scale = LoadFloat16(scales);
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      total[v] += ToFloats(part[v]) * (scale * x[v * blocks + b].scale);
    }
  }
  for (int v = 0; v < kVectors; ++v) sums[v] = total[v];
}

template <PackedCode kCode, int kVectors>
void DotPanel(const PackedRows& w, int64_t panel, const void* packed, Rows* sums) {
  if constexpr (IsFixed(kCode)) {
    for (int64_t lane = 0; lane < kPanelRows; lane += kLanes) {
      Lanes part[kVectors];
      DotFixedLanes<kCode, kVectors>(w, panel, lane, static_cast<const FixedBlock*>(packed), part);
      for (int v = 0; v < kVectors; ++v) {
        StoreLanes(part[v], reinterpret_cast<float*>(sums + v) + lane);
      }
    }
  } else {
    DotFloatPanel<kCode, kVectors>(w, panel, static_cast<const float*>(packed), sums);
  }
}

template <PackedCode kCode, int kVectors>
void DotPanels(const PackedRows& w, int64_t panel_begin, int64_t panel_end, const void* packed,
               const float* bias, float* y, int64_t y_stride) {
  for (int64_t panel = panel_begin; panel < panel_end; ++panel) {
    Rows sums[kVectors];
    DotPanel<kCode, kVectors>(w, panel, packed, sums);
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
         const void* packed, const float* bias, float* y, int64_t y_stride) {
  using Kernel =
      void (*)(const PackedRows&, int64_t, int64_t, const void*, const float*, float*, int64_t);
  constexpr Kernel kKernels[kMaxPackedVectors + 1] = {nullptr,
                                                      DotPanels<kCode, 1>,
                                                      DotPanels<kCode, 2>,
                                                      DotPanels<kCode, 3>,
                                                      DotPanels<kCode, 4>,
                                                      DotPanels<kCode, 5>,
                                                      DotPanels<kCode, 6>,
                                                      DotPanels<kCode, 7>,
                                                      DotPanels<kCode, 8>};
  if (vectors > 0) kKernels[vectors](w, panel_begin, panel_end, packed, bias, y, y_stride);
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

int64_t PackedVectorBytes(const PackedRows& w) {
  if (IsFixed(w.code)) return w.blocks() * sizeof(FixedBlock);
  return w.padded_cols() * sizeof(float);
}

void PackVector(const PackedRows& w, const float* x, void* packed) {
  if (IsFixed(w.code)) return ToFixedPoint(x, w.cols, static_cast<FixedBlock*>(packed));
  float* const padded = static_cast<float*>(packed);
  std::copy(x, x + w.cols, padded);
  std::fill(padded + w.cols, padded + w.padded_cols(), 0.0f);
}

void PackedDot(const PackedRows& w, int64_t panel_begin, int64_t panel_end, int64_t vectors,
               const void* packed, const float* bias, float* y, int64_t y_stride) {
  ForCode(w.code, [&]<PackedCode kCode>() {
    Dot<kCode>(w, panel_begin, panel_end, vectors, packed, bias, y, y_stride);
  });
}

void UnpackPanels(const PackedRows& w, int64_t panel_begin, int64_t panel_end, float* out,
                  int64_t stride) {
  ForCode(w.code,
          [&]<PackedCode kCode>() { Unpack<kCode>(w, panel_begin, panel_end, out, stride); });
}

}  // namespace gokart::kernels
