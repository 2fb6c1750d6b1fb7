// Rows of a matrix in a low-precision format, packed so that products with them run at the speed of
// memory.
//
//   std::vector<char> packed(PackedVectorBytes(w));
//   PackVector(w, x, packed.data());         // x[w.cols], once for all panels
//   PackedDot(w, /*panel_begin=*/0, w.panels(), /*vectors=*/1, packed.data(), bias, y, y_stride);
//
// A panel is 16 rows, lane r of its vectors belonging to row r: the codes of one or two columns for
// all 16 rows lie side by side. So a product needs no sum across lanes, a block's 16 scales are one
// vector, and a column of weights is multiplied with one number of x.
//
// Where weights are whole numbers, float32 arithmetic (a conversion and a multiplication for each
// 16 weights) takes longer than reading 4 or 8 bits each. So x becomes whole numbers, too: per
// block of 32 columns, 16-bit ones with a scale (fixed_point.h), and one instruction multiplies two
// columns of 16 rows and adds up. ggml takes 8 bits, which is twice as many weights at a time, but
// an error of up to 0.4% of a block's largest activation, more than that of the weights in 8 bits.
// 16 bits leave 1.5e-5 of it at most, and of a product's size about 2e-5 (for normal activations:
// a step of the largest of 32, 2.4 / 32767, over sqrt(12)), three hundred times less than the
// rounding of the weights. So much do a whole prompt, whose products are in float32, and its tokens
// one by one differ. Sums of a block stay below 2^28 and are exact: nothing else decides a result's
// bits, neither the instructions used nor what is computed beside it.
//
// Codes of panel p, block b (all formats have whole blocks, the columns beyond the last are zero):
//   float16, bfloat16   blocks of 32: uint16 [32 columns][16 rows]
//   int8                blocks of 32: int8 [16 pairs of columns][16][2], and 16 float16 scales
//   int4                blocks of 32: uint32 [4][16], and 16 float16 scales; bits 4j.. of word i
//                       are column 8i + 2j, bits 16 + 4j.. column 8i + 2j + 1
//   normal4             blocks of 64: uint32 [8][16] and 16 int8 codes of the scales; bits 4j.. of
//                       word i are column 8i + j
#ifndef GOKART_TENSOR_KERNELS_PACKED_ROWS_H_
#define GOKART_TENSOR_KERNELS_PACKED_ROWS_H_

#include <array>
#include <cstdint>

namespace gokart::kernels {

inline constexpr int64_t kPanelRows = 16;

/// What a code stands for, before its block's scale.
enum class PackedCode {
  kFloat16,   ///< itself; there are no scales
  kBFloat16,  ///< itself; there are no scales
  kInt8,      ///< a whole number
  kInt4,      ///< q - 8
  kNormal4,   ///< kNormalFloat4[q]
};

/// NF4's numbers (Dettmers et al. 2023, appendix E).
inline constexpr std::array<float, 16> kNormalFloat4 = {-1.0f,
                                                        -0.6961928009986877f,
                                                        -0.5250730514526367f,
                                                        -0.39491748809814453f,
                                                        -0.28444138169288635f,
                                                        -0.18477343022823334f,
                                                        -0.09105003625154495f,
                                                        0.0f,
                                                        0.07958029955625534f,
                                                        0.16093020141124725f,
                                                        0.24611230194568634f,
                                                        0.33791524171829224f,
                                                        0.44070982933044434f,
                                                        0.5626170039176941f,
                                                        0.7229568362236023f,
                                                        1.0f};

/// So many consecutive blocks, counted row by row, share a step of their scales in kNormal4.
inline constexpr int64_t kBlocksPerStep = 256;

/// Columns of a block.
constexpr int64_t BlockColumns(PackedCode code) { return code == PackedCode::kNormal4 ? 64 : 32; }
/// Bytes of a panel's codes in one block.
constexpr int64_t BlockBytes(PackedCode code) {
  const int64_t values = kPanelRows * BlockColumns(code);
  if (code == PackedCode::kInt8) return values;
  return code == PackedCode::kInt4 || code == PackedCode::kNormal4 ? values / 2 : values * 2;
}

/// Where the parts are; the memory is the caller's.
struct PackedRows {
  PackedCode code;
  int64_t rows, cols;
  void* codes;                    ///< [panels][blocks], 64-byte aligned
  uint16_t* scales = nullptr;     ///< float16 [panels][blocks][16]; kInt8 and kInt4
  int8_t* scale_codes = nullptr;  ///< [panels][blocks][16]; kNormal4: scale = mean + step * code
  float* scale_steps = nullptr;   ///< [rows * blocks / kBlocksPerStep, rounded up]; kNormal4
  float* scale_mean = nullptr;    ///< kNormal4

  int64_t panels() const { return (rows + kPanelRows - 1) / kPanelRows; }
  int64_t blocks() const { return (cols + BlockColumns(code) - 1) / BlockColumns(code); }
  /// cols rounded up to whole blocks.
  int64_t padded_cols() const { return blocks() * BlockColumns(code); }
};

/// Memory of a vector as PackedDot reads it, a multiple of 8.
int64_t PackedVectorBytes(const PackedRows& w);

/// x[w.cols] as PackedDot reads it: padded, for kInt8 and kInt4 in fixed point. 8-byte aligned.
void PackVector(const PackedRows& w, const float* x, void* packed);

/// PackedDot takes as many vectors at a time.
inline constexpr int64_t kMaxPackedVectors = 8;

/// y[v * y_stride + r] = w[r, :] . x[v, :] (+ bias[r] unless null) for the rows r of panels
/// [panel_begin, panel_end), on the calling thread. `packed` has the vectors, packed, one after the
/// other. Each result has the same bits whatever the number of vectors beside it. An infinity or a
/// NaN in x gives infinities or NaN in all of its results; for kInt8 and kInt4 always NaN.
void PackedDot(const PackedRows& w, int64_t panel_begin, int64_t panel_end, int64_t vectors,
               const void* packed, const float* bias, float* y, int64_t y_stride);

/// Panels [panel_begin, panel_end) as floats, transposed: out[c * stride + r] is row r, counted
/// from the first panel, of column c < w.cols.
void UnpackPanels(const PackedRows& w, int64_t panel_begin, int64_t panel_end, float* out,
                  int64_t stride);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_PACKED_ROWS_H_
