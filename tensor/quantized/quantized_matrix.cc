#include "tensor/quantized/quantized_matrix.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>

#include "tensor/kernels/parallel.h"
#include "tensor/quantized/block_codes.h"
#include "tensor/quantized/weight_memory.h"

namespace gokart {
namespace {

using kernels::kPanelRows;
using kernels::PackedCode;
using kernels::PackedRows;

PackedCode CodeOf(WeightFormat format) {
  switch (format) {
    case WeightFormat::kFloat16:
      return PackedCode::kFloat16;
    case WeightFormat::kBFloat16:
      return PackedCode::kBFloat16;
    case WeightFormat::kQ8:
      return PackedCode::kInt8;
    case WeightFormat::kQ4:
      return PackedCode::kInt4;
    case WeightFormat::kNF4:
      return PackedCode::kNormal4;
  }
  throw std::invalid_argument("QuantizedMatrix: no such format");
}

bool HasFloat16Scales(PackedCode code) {
  return code == PackedCode::kInt8 || code == PackedCode::kInt4;
}

int64_t NumSteps(const PackedRows& w) {
  return (w.rows * w.blocks() + kernels::kBlocksPerStep - 1) / kernels::kBlocksPerStep;
}

// Bytes of each part of the memory, in multiples of 64.
struct Parts {
  int64_t codes, scales, steps;
  int64_t total() const { return codes + scales + steps; }
};

int64_t RoundUp(int64_t bytes) { return (bytes + 63) / 64 * 64; }

Parts PartsOf(const PackedRows& w) {
  const int64_t blocks = w.panels() * w.blocks();
  Parts parts = {.codes = RoundUp(blocks * kernels::BlockBytes(w.code)), .scales = 0, .steps = 0};
  if (HasFloat16Scales(w.code)) parts.scales = RoundUp(blocks * kPanelRows * 2);
  if (w.code == PackedCode::kNormal4) {
    parts.scales = RoundUp(blocks * kPanelRows);
    parts.steps = RoundUp((NumSteps(w) + 1) * sizeof(float));  // and the mean
  }
  return parts;
}

// Row r of a panel, block by block, padded with zeros to a whole block.
template <int64_t kColumns>
struct PaddedBlock {
  PaddedBlock(const float* row, int64_t cols, int64_t block) {
    const int64_t begin = block * kColumns, count = std::min(kColumns, cols - begin);
    std::copy(row + begin, row + begin + count, values);
    std::fill(values + count, values + kColumns, 0.0f);
  }
  float values[kColumns];
};

// Where a panel's block has the code of a row's column; kernels/packed_rows.h has the layouts.
int64_t ByteIndex(int64_t column, int64_t lane) {
  return (column / 2 * kPanelRows + lane) * 2 + column % 2;
}

int64_t NibbleShift(PackedCode code, int64_t column) {
  if (code == PackedCode::kNormal4) return column % 8 * 4;
  return column % 8 / 2 * 4 + column % 2 * 16;
}

void SetNibble(PackedCode format, uint32_t* words, int64_t column, int64_t lane, uint32_t code) {
  words[column / 8 * kPanelRows + lane] |= code << NibbleShift(format, column);
}

uint32_t Nibble(PackedCode format, const uint32_t* words, int64_t column, int64_t lane) {
  return words[column / 8 * kPanelRows + lane] >> NibbleShift(format, column) & 15;
}

// Where the codes of a panel's block begin.
template <typename T>
T* CodesOf(const PackedRows& w, int64_t panel, int64_t block) {
  return reinterpret_cast<T*>(static_cast<char*>(w.codes) +
                              (panel * w.blocks() + block) * kernels::BlockBytes(w.code));
}

// The memory of a panel's block and the lane of one row in it.
struct Place {
  const PackedRows& w;
  int64_t panel, block, lane;

  template <typename T>
  T* codes() const {
    return CodesOf<T>(w, panel, block);
  }
  uint16_t& scale() const { return w.scales[(panel * w.blocks() + block) * kPanelRows + lane]; }
  int8_t& scale_code() const {
    return w.scale_codes[(panel * w.blocks() + block) * kPanelRows + lane];
  }
  float& step() const {
    const int64_t row = panel * kPanelRows + lane;
    return w.scale_steps[(row * w.blocks() + block) / kernels::kBlocksPerStep];
  }
};

// put(place, row) for each block of the rows [first, first + count), of which the first begins a
// panel; panels are spread over threads.
template <typename Put>
void ForEachBlock(const PackedRows& w, int64_t first, int64_t count, const Put& put) {
  kernels::ParallelFor((count + kPanelRows - 1) / kPanelRows, 4, [&](int64_t begin, int64_t end) {
    const int64_t last = first + std::min(count, end * kPanelRows);
    for (int64_t row = first + begin * kPanelRows; row < last; ++row) {
      for (int64_t block = 0; block < w.blocks(); ++block) {
        put(Place{w, row / kPanelRows, block, row % kPanelRows}, row);
      }
    }
  });
}

// Some rows as floats; the first begins a panel.
struct Slab {
  int64_t begin, count;
  const float* values;
};

// put(place, row, block) for each block of the slab's rows, with its kColumns values.
template <int64_t kColumns, typename Put>
void ForEachBlockOf(const PackedRows& w, const Slab& slab, const Put& put) {
  ForEachBlock(w, slab.begin, slab.count, [&](const Place& place, int64_t row) {
    const float* const values = slab.values + (row - slab.begin) * w.cols;
    put(place, row, PaddedBlock<kColumns>(values, w.cols, place.block));
  });
}

void PutHalves(const PackedRows& w, const Slab& slab, uint16_t (*convert)(float)) {
  ForEachBlockOf<32>(w, slab, [&](const Place& place, int64_t, const auto& block) {
    uint16_t* const codes = place.codes<uint16_t>() + place.lane;
    for (int64_t c = 0; c < 32; ++c) codes[c * kPanelRows] = convert(block.values[c]);
  });
}

void PutQ8(const Place& place, const Q8Block& block) {
  place.scale() = block.scale;
  int8_t* const codes = place.codes<int8_t>();
  for (int64_t c = 0; c < kScaledBlock; ++c) codes[ByteIndex(c, place.lane)] = block.codes[c];
}

void PutQ4(const Place& place, const Q4Block& block) {
  place.scale() = block.scale;
  uint32_t* const words = place.codes<uint32_t>();
  for (int64_t c = 0; c < kScaledBlock; ++c)
    SetNibble(PackedCode::kInt4, words, c, place.lane, block.codes[c]);
}

// A float32 for each block: max |w|.
void FindLargest(const PackedRows& w, const Slab& slab, std::vector<float>& largest) {
  ForEachBlockOf<kNormalBlock>(w, slab, [&](const Place& place, int64_t row, const auto& block) {
    float max = 0;
    for (float x : block.values) max = std::max(max, std::abs(x));
    largest[row * w.blocks() + place.block] = max;
  });
}

// The scales themselves quantised: a mean, and for each 256 of them a step.
void PutSteps(const PackedRows& w, const std::vector<float>& scales) {
  double sum = 0;
  for (float d : scales) sum += d;
  const float mean = scales.empty() ? 0 : static_cast<float>(sum / scales.size());
  *w.scale_mean = mean;
  for (int64_t i = 0; i < NumSteps(w); ++i) {
    const size_t begin = i * kernels::kBlocksPerStep;
    const size_t end = std::min(scales.size(), begin + kernels::kBlocksPerStep);
    float furthest = 0;
    for (size_t j = begin; j < end; ++j) furthest = std::max(furthest, std::abs(scales[j] - mean));
    w.scale_steps[i] = furthest / 127;
  }
}

// With the steps that PutSteps has put.
void PutNF4(const PackedRows& w, const Slab& slab, const std::vector<float>& scales) {
  ForEachBlockOf<kNormalBlock>(w, slab, [&](const Place& place, int64_t row, const auto& block) {
    const float step = place.step(), off = scales[row * w.blocks() + place.block] - *w.scale_mean;
    const float code = step > 0 ? std::round(off / step) : 0;
    place.scale_code() = static_cast<int8_t>(std::clamp(code, -127.0f, 127.0f));
    // Codes are chosen for the scale that they will be multiplied with.
    const float scale = *w.scale_mean + step * place.scale_code();
    const float inverse = scale > 0 ? 1 / scale : 0;
    uint32_t* const words = place.codes<uint32_t>();
    for (int64_t c = 0; c < kNormalBlock; ++c) {
      SetNibble(PackedCode::kNormal4, words, c, place.lane,
                NearestNormalFloat4(block.values[c] * inverse));
    }
  });
}

// for_each_slab(visit) shows visit all rows, in order.
template <typename ForEachSlab>
void PutAll(WeightFormat format, const PackedRows& w, const ForEachSlab& for_each_slab) {
  switch (format) {
    case WeightFormat::kFloat16:
      return for_each_slab([&](const Slab& slab) { PutHalves(w, slab, ToFloat16); });
    case WeightFormat::kBFloat16:
      return for_each_slab([&](const Slab& slab) { PutHalves(w, slab, ToBFloat16); });
    case WeightFormat::kQ8:
      return for_each_slab([&](const Slab& slab) {
        ForEachBlockOf<kScaledBlock>(w, slab, [](const Place& place, int64_t, const auto& block) {
          PutQ8(place, QuantizeQ8(block.values));
        });
      });
    case WeightFormat::kQ4:
      return for_each_slab([&](const Slab& slab) {
        ForEachBlockOf<kScaledBlock>(w, slab, [](const Place& place, int64_t, const auto& block) {
          PutQ4(place, QuantizeQ4(block.values));
        });
      });
    case WeightFormat::kNF4:
      // The scales' mean must be known before the first code.
      std::vector<float> scales(w.rows * w.blocks());
      for_each_slab([&](const Slab& slab) { FindLargest(w, slab, scales); });
      PutSteps(w, scales);
      return for_each_slab([&](const Slab& slab) { PutNF4(w, slab, scales); });
  }
}

[[noreturn]] void Refuse(const char* operation, const std::string& what) {
  throw std::invalid_argument(std::string("QuantizedMatrix::") + operation + ": " + what);
}

std::string Dimensions(int64_t rows, int64_t cols) {
  return "[" + std::to_string(rows) + ", " + std::to_string(cols) + "]";
}

}  // namespace

QuantizedMatrix::QuantizedMatrix(WeightFormat format, int64_t rows, int64_t cols)
    : format_(format), rows_(rows), cols_(cols) {
  if (rows < 0 || cols < 0) Refuse("Quantize", Dimensions(rows, cols) + ": negative size");
  const int64_t bytes =
      PartsOf({.code = CodeOf(format), .rows = rows, .cols = cols, .codes = nullptr}).total();
  memory_ = AllocateWeights(bytes).buffer;
}

PackedRows QuantizedMatrix::packed() const {
  PackedRows w = {.code = CodeOf(format_), .rows = rows_, .cols = cols_, .codes = nullptr};
  const Parts parts = PartsOf(w);
  char* const memory = reinterpret_cast<char*>(const_cast<float*>(memory_.data()));
  w.codes = memory;
  char* const scales = memory + parts.codes;
  if (HasFloat16Scales(w.code)) w.scales = reinterpret_cast<uint16_t*>(scales);
  if (w.code == PackedCode::kNormal4) {
    w.scale_codes = reinterpret_cast<int8_t*>(scales);
    w.scale_mean = reinterpret_cast<float*>(scales + parts.scales);
    w.scale_steps = w.scale_mean + 1;
  }
  return w;
}

int64_t QuantizedMatrix::bytes() const { return PartsOf(packed()).total(); }

QuantizedMatrix QuantizedMatrix::Quantize(WeightFormat format, int64_t rows, int64_t cols,
                                          std::span<const float> values) {
  QuantizedMatrix matrix(format, rows, cols);
  if (static_cast<int64_t>(values.size()) != rows * cols) {
    Refuse("Quantize", std::to_string(values.size()) + " values for " + Dimensions(rows, cols));
  }
  PutAll(format, matrix.packed(), [&](const auto& visit) { visit(Slab{0, rows, values.data()}); });
  return matrix;
}

QuantizedMatrix QuantizedMatrix::QuantizeRows(WeightFormat format, int64_t rows, int64_t cols,
                                              const RowSource& source) {
  constexpr int64_t kFloatsAtOnce = int64_t{1} << 19;  // 2 MB
  QuantizedMatrix matrix(format, rows, cols);
  const int64_t panels = kFloatsAtOnce / (kPanelRows * std::max<int64_t>(1, cols));
  const int64_t at_once = std::min(rows, std::max<int64_t>(1, panels) * kPanelRows);
  std::vector<float> values(at_once * cols);
  PutAll(format, matrix.packed(), [&](const auto& visit) {
    for (int64_t begin = 0; begin < rows; begin += at_once) {
      const int64_t count = std::min(at_once, rows - begin);
      source(begin, count, values.data());
      visit(Slab{begin, count, values.data()});
    }
  });
  return matrix;
}

int64_t QuantizedMatrix::PlainRowBytes() const {
  if (format_ == WeightFormat::kFloat16 || format_ == WeightFormat::kBFloat16) return 2 * cols_;
  if (format_ == WeightFormat::kNF4) Refuse("PlainRows", "NF4 has no plain layout");
  if (cols_ % kScaledBlock != 0) {
    Refuse("PlainRows", "rows of " + std::to_string(cols_) + " weights are no multiple of 32");
  }
  return cols_ / kScaledBlock * (format_ == WeightFormat::kQ8 ? 34 : 18);
}

std::vector<std::byte> QuantizedMatrix::PlainRows(int64_t begin, int64_t count) const {
  const int64_t row_bytes = PlainRowBytes();
  if (begin < 0 || count < 0 || begin + count > rows_) {
    Refuse("PlainRows", "rows " + std::to_string(begin) + " + " + std::to_string(count) + " of " +
                            Dimensions(rows_, cols_));
  }
  std::vector<std::byte> bytes(count * row_bytes);
  const PackedRows w = packed();
  for (int64_t row = begin; row < begin + count; ++row) {
    std::byte* out = bytes.data() + (row - begin) * row_bytes;
    for (int64_t b = 0; b < w.blocks(); ++b) {
      const Place place = {w, row / kPanelRows, b, row % kPanelRows};
      if (w.scales == nullptr) {
        const uint16_t* const codes = place.codes<uint16_t>() + place.lane;
        for (int64_t c = 0; c < std::min<int64_t>(32, cols_ - b * 32); ++c, out += 2) {
          std::memcpy(out, codes + c * kPanelRows, 2);
        }
        continue;
      }
      std::memcpy(out, &place.scale(), 2);
      out += 2;
      if (format_ == WeightFormat::kQ8) {
        const int8_t* const codes = place.codes<int8_t>();
        for (int64_t c = 0; c < 32; ++c) {
          *out++ = static_cast<std::byte>(codes[ByteIndex(c, place.lane)]);
        }
      } else {
        const uint32_t* const words = place.codes<uint32_t>();
        for (int64_t c = 0; c < 16; ++c) {
          *out++ = static_cast<std::byte>(Nibble(w.code, words, c, place.lane) |
                                          Nibble(w.code, words, c + 16, place.lane) << 4);
        }
      }
    }
  }
  return bytes;
}

QuantizedMatrix QuantizedMatrix::FromPlainRows(WeightFormat format, int64_t rows, int64_t cols,
                                               std::span<const std::byte> bytes) {
  QuantizedMatrix matrix(format, rows, cols);
  const int64_t row_bytes = matrix.PlainRowBytes();
  if (static_cast<int64_t>(bytes.size()) != rows * row_bytes) {
    Refuse("FromPlainRows", std::to_string(bytes.size()) + " bytes for " + Dimensions(rows, cols) +
                                ", expected " + std::to_string(rows * row_bytes));
  }
  const PackedRows w = matrix.packed();
  ForEachBlock(w, 0, rows, [&](const Place& place, int64_t row) {
    const int64_t block_bytes = w.scales == nullptr ? 64 : row_bytes / w.blocks();
    const std::byte* in = bytes.data() + row * row_bytes + place.block * block_bytes;
    if (w.scales == nullptr) {
      uint16_t* const codes = place.codes<uint16_t>() + place.lane;
      for (int64_t c = 0; c < std::min<int64_t>(32, cols - place.block * 32); ++c, in += 2) {
        std::memcpy(codes + c * kPanelRows, in, 2);
      }
      return;
    }
    uint16_t scale;
    std::memcpy(&scale, in, 2);
    in += 2;
    if (format == WeightFormat::kQ8) {
      Q8Block block = {.scale = scale, .codes = {}};
      for (int8_t& code : block.codes) code = static_cast<int8_t>(*in++);
      PutQ8(place, block);
    } else {
      Q4Block block = {.scale = scale, .codes = {}};
      for (int64_t c = 0; c < 16; ++c, ++in) {
        block.codes[c] = static_cast<uint8_t>(*in) & 15;
        block.codes[c + 16] = static_cast<uint8_t>(*in) >> 4;
      }
      PutQ4(place, block);
    }
  });
  return matrix;
}

}  // namespace gokart
