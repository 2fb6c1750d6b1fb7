// Rows of a matrix in a low-precision format, packed so that products with them run at the speed of
// memory.
//
//   PackedDot(w, /*panel_begin=*/0, w.panels(), /*vectors=*/1, x, x_stride, bias, y, y_stride);
//
// A panel is 16 rows, lane r of its vectors belonging to row r: the codes of one column for all 16
// rows lie side by side. So a product needs no sum across lanes, a block's 16 scales are one
// vector, and a column of weights is multiplied with one number of x. Activations stay float32.
// Rounding them to 8 bits, as ggml does, would allow integer dot products; but reading the weights
// takes longer than the arithmetic in float32 anyway, and so a model computes the same numbers
// token by token as it does for a whole prompt.
//
// Codes of panel p, block b (all formats have whole blocks, the columns beyond the last are zero):
//   float16, bfloat16   blocks of 32: uint16 [32 columns][16 rows]
//   int8                blocks of 32: int8 [32][16], and 16 float16 scales
//   int4                blocks of 32: uint32 [4][16]; bits 4j.. of word i are column 8i + j
//   normal4             blocks of 64: uint32 [8][16], likewise, and 16 int8 codes of the scales
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
  /// cols rounded up to whole blocks: what the vectors of a product must have, filled with zeros.
  int64_t padded_cols() const { return blocks() * BlockColumns(code); }
};

/// PackedDot takes as many vectors at a time.
inline constexpr int64_t kMaxPackedVectors = 8;

/// y[v * y_stride + r] = w[r, :] . x[v * x_stride + :] (+ bias[r] unless null) for the rows r of
/// panels [panel_begin, panel_end), on the calling thread. x has w.padded_cols() columns. Each
/// result has the same bits whatever the number of vectors beside it.
void PackedDot(const PackedRows& w, int64_t panel_begin, int64_t panel_end, int64_t vectors,
               const float* x, int64_t x_stride, const float* bias, float* y, int64_t y_stride);

/// Panels [panel_begin, panel_end) as floats, transposed: out[c * stride + r] is row r, counted
/// from the first panel, of column c < w.cols.
void UnpackPanels(const PackedRows& w, int64_t panel_begin, int64_t panel_end, float* out,
                  int64_t stride);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_PACKED_ROWS_H_
