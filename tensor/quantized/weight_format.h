// The low-precision forms in which a model's matrices can be kept: fewer bytes a weight, and so
// fewer to read for every token.
//
//   std::optional<WeightFormat> format = FindWeightFormat("q8");
#ifndef GOKART_TENSOR_QUANTIZED_WEIGHT_FORMAT_H_
#define GOKART_TENSOR_QUANTIZED_WEIGHT_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gokart {

/// How a row of weights w is stored. In the block formats a row is cut into blocks, the last of
/// which may be shorter; d is a block's scale.
enum class WeightFormat {
  /// 16 bits: IEEE 754 half precision, 10 bits of mantissa, at most 65504. Rounded to the nearest.
  kFloat16,
  /// 16 bits: the upper half of a float32, 7 bits of mantissa, its range. Rounded to the nearest.
  kBFloat16,
  /// 8.5 bits: blocks of 32; w = d q with whole q in [-127, 127] and d = max |w| / 127 as a
  /// float16 (ggml's Q8_0).
  kQ8,
  /// 4.5 bits: blocks of 32; w = d (q - 8) with whole q in [0, 15] and d as a float16, of either
  /// sign (the size and meaning of ggml's Q4_0). d is chosen for a small sum of squared errors.
  kQ4,
  /// 4.13 bits: blocks of 64; w = d NF4[q], where the 16 numbers of NF4 between -1 and 1 are
  /// quantiles of a normal distribution, and d = max |w| (QLoRA; Dettmers et al. 2023, arXiv
  /// 2305.14314). The d are quantised in turn ("double quantisation"): d = mean + e c with whole c
  /// in [-127, 127], a float32 e for each 256 blocks in a row-major count and one float32 mean,
  /// that
  /// of all d. (The paper keeps the c as 8-bit floats.)
  kNF4,
};

struct WeightFormatInfo {
  WeightFormat format;
  std::string name;        ///< "q8", as flags have it
  std::string summary;     ///< one line, for help texts
  int64_t block;           ///< weights that share a scale; 1: none do
  double bits_per_weight;  ///< with the scales
};

/// All there are.
const std::vector<WeightFormatInfo>& WeightFormats();
const WeightFormatInfo& Describe(WeightFormat format);
/// The format of that name, or nothing.
std::optional<WeightFormat> FindWeightFormat(const std::string& name);

}  // namespace gokart

#endif  // GOKART_TENSOR_QUANTIZED_WEIGHT_FORMAT_H_
