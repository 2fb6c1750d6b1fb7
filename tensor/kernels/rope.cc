#include "tensor/kernels/rope.h"

#include <cmath>
#include <vector>

#include "tensor/kernels/parallel.h"

namespace gokart::kernels {
namespace {

// The cosine and sine of each pair's angle at one position, worked out in double precision: at
// position 100,000 the angle itself would be off by 0.004 in float32.
struct Angles {
  explicit Angles(const RopeShape& s, RopeTurn turn)
      : sign(turn == RopeTurn::kForward ? 1 : -1),
        frequency(s.head_dim / 2),
        cos(s.head_dim / 2),
        sin(s.head_dim / 2) {
    for (size_t i = 0; i < frequency.size(); ++i) {
      frequency[i] = s.frequencies != nullptr
                         ? s.frequencies[i]
                         : std::pow(s.base, -2.0 * static_cast<double>(i) / s.head_dim);
    }
  }

  void MoveTo(int64_t position) {
    if (position == at) return;
    at = position;
    for (size_t i = 0; i < frequency.size(); ++i) {
      const double angle = static_cast<double>(position) * frequency[i];
      cos[i] = static_cast<float>(std::cos(angle));
      sin[i] = static_cast<float>(sign * std::sin(angle));
    }
  }

  double sign;
  int64_t at = -1;
  std::vector<double> frequency;
  std::vector<float> cos, sin;
};

// One head of one token: (a, b) becomes (a cos - b sin, b cos + a sin).
void Turn(const Angles& angles, int64_t half, const float* x, float* y, bool accumulate) {
  const float *cos = angles.cos.data(), *sin = angles.sin.data();
#pragma omp simd
  for (int64_t i = 0; i < half; ++i) {
    const float a = x[i], b = x[i + half];
    const float first = a * cos[i] - b * sin[i], second = b * cos[i] + a * sin[i];
    y[i] = accumulate ? y[i] + first : first;
    y[i + half] = accumulate ? y[i + half] + second : second;
  }
}

}  // namespace

void Rope(const RopeShape& s, RopeTurn turn, const float* x, float* y, bool accumulate) {
  const int64_t T = s.tokens, D = s.head_dim, C = s.heads * D;
  // By tokens and not by sequences, which mostly are at the same position: sines are dear.
  const int64_t grain = GrainForWork(T, 8.0 * s.batch * C + 30.0 * D);
  ParallelFor(T, grain, [&](int64_t begin, int64_t end) {
    Angles angles(s, turn);
    for (int64_t t = begin; t < end; ++t) {
      for (int64_t b = 0; b < s.batch; ++b) {
        angles.MoveTo(t + (s.first_position != nullptr ? s.first_position[b] : 0));
        const int64_t row = (b * T + t) * C;
        for (int64_t h = 0; h < s.heads; ++h) {
          Turn(angles, D / 2, x + row + h * D, y + row + h * D, accumulate);
        }
      }
    }
  });
}

}  // namespace gokart::kernels
