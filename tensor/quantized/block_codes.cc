#include "tensor/quantized/block_codes.h"

#include <algorithm>
#include <cmath>

#include "tensor/kernels/packed_rows.h"

namespace gokart {

uint16_t ToBFloat16(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  if (std::isnan(x)) return static_cast<uint16_t>(bits >> 16 | 0x40);
  const uint32_t half = 0x7fff + (bits >> 16 & 1);  // ties to even
  return static_cast<uint16_t>((bits + half) >> 16);
}

Q8Block QuantizeQ8(std::span<const float, kScaledBlock> w) {
  float largest = 0;
  for (float x : w) largest = std::max(largest, std::abs(x));
  const float d = largest / 127, inverse = d > 0 ? 1 / d : 0;
  Q8Block block = {.scale = ToFloat16(d), .codes = {}};
  for (int64_t i = 0; i < kScaledBlock; ++i) {
    block.codes[i] = static_cast<int8_t>(std::round(w[i] * inverse));
  }
  return block;
}

namespace {

// w divided by a trial scale and rounded, with what the best scale for it is worth.
struct Q4Trial {
  float codes[kScaledBlock];  // q - 8
  float product, norm;        // sum(w q'), sum(q'^2)

  // By so much the sum of squares falls when d q' is taken off w.
  float Gain() const { return norm > 0 ? product * product / norm : 0; }
};

Q4Trial Try(std::span<const float, kScaledBlock> w, float inverse_scale) {
  Q4Trial trial;
  float product = 0, norm = 0;
#pragma omp simd reduction(+ : product, norm)
  for (int64_t i = 0; i < kScaledBlock; ++i) {
    const float code = std::min(7.0f, std::max(-8.0f, std::nearbyint(w[i] * inverse_scale)));
    trial.codes[i] = code;
    product += w[i] * code;
    norm += code * code;
  }
  trial.product = product;
  trial.norm = norm;
  return trial;
}

}  // namespace

Q4Block QuantizeQ4(std::span<const float, kScaledBlock> w) {
  float largest = 0;  // of the largest magnitude, with its sign
  for (float x : w) largest = std::abs(x) > std::abs(largest) ? x : largest;
  Q4Trial best = Try(w, 0);
  if (largest != 0) {
    // Where the largest weight comes to lie: from -6.5 to -9, and from 6 to 8.5 by the other sign.
    constexpr float kPlaces[] = {-6.5f, -7.0f, -7.25f, -7.5f, -7.75f, -8.0f, -8.25f, -8.5f, -9.0f,
                                 6.0f,  6.5f,  6.75f,  7.0f,  7.25f,  7.5f,  8.0f,   8.5f};
    for (float place : kPlaces) {
      const Q4Trial trial = Try(w, place / largest);
      if (trial.Gain() > best.Gain()) best = trial;
    }
  }
  Q4Block block = {.scale = ToFloat16(best.norm > 0 ? best.product / best.norm : 0), .codes = {}};
  for (int64_t i = 0; i < kScaledBlock; ++i) {
    block.codes[i] = static_cast<uint8_t>(best.codes[i] + 8);
  }
  return block;
}

uint8_t NearestNormalFloat4(float x) {
  const auto& values = kernels::kNormalFloat4;
  int index = 0;
  // Counting the midpoints below x needs no branch.
  for (int i = 0; i + 1 < 16; ++i) index += x > 0.5f * (values[i] + values[i + 1]);
  return static_cast<uint8_t>(index);
}

}  // namespace gokart
