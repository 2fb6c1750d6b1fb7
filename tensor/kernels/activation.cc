#include "tensor/kernels/activation.h"

#include <cstdint>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/row_blocks.h"
#include "tensor/kernels/vector_math.h"

namespace gokart::kernels {
namespace {

// 0.5 (1 + tanh(u)) = sigmoid(2 u), which needs fewer operations and does not cancel on the left.
struct Gelu {
  // 2 u = x (kLinear + kCubic x^2)
  static constexpr float kLinear = 1.59576912f;   // 2 sqrt(2 / pi)
  static constexpr float kCubic = 0.0713548163f;  // 0.044715 times that
  static float Value(float x) { return x * Sigmoid(x * (kLinear + kCubic * (x * x))); }
  static float Slope(float x) {
    const SigmoidValues s = SigmoidWithSlope(x * (kLinear + kCubic * (x * x)));
    const float x2 = x * x < 1000.0f ? x * x : 1000.0f;  // not infinite where its factor is 0
    return s.value + x * s.slope * (kLinear + 3.0f * kCubic * x2);
  }
};

// x Phi(x); the slope is Phi(x) + x phi(x).
struct GeluExact {
  static float Value(float x) { return x * NormalDistribution(x).distribution; }
  static float Slope(float x) {
    const NormalValues normal = NormalDistribution(x);
    return normal.distribution + x * normal.density;
  }
};

struct Relu {
  static float Value(float x) { return x < 0.0f ? 0.0f : x; }
  static float Slope(float x) { return x > 0.0f ? 1.0f : 0.0f; }
};

// x s with s = sigmoid(x); the slope is s + x s (1 - s).
struct Silu {
  static float Value(float x) { return x * Sigmoid(x); }
  static float Slope(float x) {
    const SigmoidValues s = SigmoidWithSlope(x);
    return s.value + x * s.slope;
  }
};

struct TanhActivation {
  static float Value(float x) { return Tanh(x); }
  static float Slope(float x) {
    const float y = Tanh(x);
    return 1.0f - y * y;
  }
};

struct SigmoidActivation {
  static float Value(float x) { return Sigmoid(x); }
  static float Slope(float x) { return SigmoidWithSlope(x).slope; }
};

/// Calls body with the type that has the function's Value and Slope.
template <typename Body>
void WithFunction(Activation activation, const Body& body) {
  switch (activation) {
    case Activation::kGelu:
      return body(Gelu());
    case Activation::kGeluExact:
      return body(GeluExact());
    case Activation::kRelu:
      return body(Relu());
    case Activation::kSilu:
      return body(Silu());
    case Activation::kTanh:
      return body(TanhActivation());
    case Activation::kSigmoid:
      return body(SigmoidActivation());
  }
}

}  // namespace

void ActivationForwardSerial(Activation activation, int64_t n, const float* x, float* y) {
  WithFunction(activation, [&](auto f) {
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) y[i] = f.Value(x[i]);
  });
}

void ActivationBackwardSerial(Activation activation, int64_t n, const float* x, const float* dy,
                              float* dx, bool accumulate) {
  WithFunction(activation, [&](auto f) {
    if (accumulate) {
#pragma omp simd
      for (int64_t i = 0; i < n; ++i) dx[i] += f.Slope(x[i]) * dy[i];
    } else {
#pragma omp simd
      for (int64_t i = 0; i < n; ++i) dx[i] = f.Slope(x[i]) * dy[i];
    }
  });
}

void ActivationForward(Activation activation, int64_t n, const float* x, float* y) {
  ParallelFor(n, kEntriesPerRange, [&](int64_t begin, int64_t end) {
    ActivationForwardSerial(activation, end - begin, x + begin, y + begin);
  });
}

void ActivationBackward(Activation activation, int64_t n, const float* x, const float* dy,
                        float* dx, bool accumulate) {
  ParallelFor(n, kEntriesPerRange, [&](int64_t begin, int64_t end) {
    ActivationBackwardSerial(activation, end - begin, x + begin, dy + begin, dx + begin,
                             accumulate);
  });
}

}  // namespace gokart::kernels
