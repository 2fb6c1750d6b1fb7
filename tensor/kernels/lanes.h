// As many floats as one vector register of this machine holds, for loops whose order of additions
// or use of registers must not be left to the compiler. Arithmetic and ?: work element by element.
//
//   Lanes sum = {};
//   for (int64_t i = 0; i < n; i += kLanes) sum += LoadLanes(x + i) * LoadLanes(y + i);
//   const float dot = SumLanes(sum);
#ifndef GOKART_TENSOR_KERNELS_LANES_H_
#define GOKART_TENSOR_KERNELS_LANES_H_

#include <cstdint>
#include <cstring>

namespace gokart::kernels {

#ifdef __AVX512F__
inline constexpr int kLanes = 16;
#else
inline constexpr int kLanes = 8;
#endif
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));
typedef int32_t IntLanes __attribute__((vector_size(kLanes * sizeof(int32_t))));

/// From any address.
inline Lanes LoadLanes(const float* p) {
  Lanes x;
  std::memcpy(&x, p, sizeof(x));
  return x;
}
inline void StoreLanes(const Lanes& x, float* p) { std::memcpy(p, &x, sizeof(x)); }

/// The same number in every lane.
inline Lanes Broadcast(float x) { return Lanes{} + x; }

/// The lanes in reverse order within groups of 2 * half: what pairs the lanes for a reduction.
template <int half>
inline Lanes SwapHalves(const Lanes& x) {
  IntLanes order;
  for (int i = 0; i < kLanes; ++i) order[i] = i ^ half;
  return __builtin_shuffle(x, order);
}

/// The sum of all lanes, in pairs.
inline float SumLanes(Lanes x) {
  if constexpr (kLanes == 16) x += SwapHalves<8>(x);
  x += SwapHalves<4>(x);
  x += SwapHalves<2>(x);
  x += SwapHalves<1>(x);
  return x[0];
}

inline Lanes MaxOf(const Lanes& a, const Lanes& b) { return a > b ? a : b; }

/// The largest lane. NaN may be ignored.
inline float MaxLane(Lanes x) {
  if constexpr (kLanes == 16) x = MaxOf(x, SwapHalves<8>(x));
  x = MaxOf(x, SwapHalves<4>(x));
  x = MaxOf(x, SwapHalves<2>(x));
  x = MaxOf(x, SwapHalves<1>(x));
  return x[0];
}

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_LANES_H_
