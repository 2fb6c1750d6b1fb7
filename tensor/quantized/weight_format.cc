#include "tensor/quantized/weight_format.h"

namespace gokart {

const std::vector<WeightFormatInfo>& WeightFormats() {
  static const auto* const formats = new std::vector<WeightFormatInfo>{
      {WeightFormat::kFloat16, "float16", "16 bits, IEEE half precision", 1, 16},
      {WeightFormat::kBFloat16, "bfloat16", "16 bits, the upper half of a float32", 1, 16},
      {WeightFormat::kQ8, "q8", "8 bits, a scale for each 32 weights", 32, 8.5},
      {WeightFormat::kQ4, "q4", "4 bits, a scale for each 32 weights", 32, 4.5},
      {WeightFormat::kNF4, "nf4", "4 bits at normal quantiles, quantised scales (QLoRA)", 64,
       4 + 8.0 / 64 + 32.0 / (64 * 256)},
  };
  return *formats;
}

const WeightFormatInfo& Describe(WeightFormat format) {
  return WeightFormats()[static_cast<size_t>(format)];
}

std::optional<WeightFormat> FindWeightFormat(const std::string& name) {
  for (const WeightFormatInfo& info : WeightFormats()) {
    if (info.name == name) return info.format;
  }
  return std::nullopt;
}

}  // namespace gokart
