// Sums of products of 16-bit whole numbers, two products in every lane at a time, which processors
// have an instruction for: of AVX512-VNNI or AVX-VNNI with the addition, of AVX2 without it. Sums
// of 32 bits are exact, so all of them give the same numbers.
//
//   IntLanes sum = {};                       // sum[r] += w[2 r] x[0] + w[2 r + 1] x[1]
//   sum = AddPairProducts(sum, WidenBytes(w), BroadcastPair(x));
#ifndef GOKART_TENSOR_KERNELS_PAIR_PRODUCTS_H_
#define GOKART_TENSOR_KERNELS_PAIR_PRODUCTS_H_

#include <cstdint>
#include <cstring>

#include "tensor/kernels/lanes.h"

#ifdef __AVX2__
// gcc 12 warns of the undefined operands that its own intrinsics start from (gcc bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

namespace gokart::kernels {

/// Two numbers in each lane.
typedef uint16_t PairLanes __attribute__((vector_size(kLanes * 4)));

/// x[0] and x[1] in every lane.
inline PairLanes BroadcastPair(const int16_t* x) {
  int32_t pair;
  std::memcpy(&pair, x, sizeof(pair));
  return reinterpret_cast<PairLanes>(IntLanes{} + pair);
}

/// 2 kLanes signed bytes from any address.
inline PairLanes WidenBytes(const int8_t* p) {
#if defined(__AVX512BW__)
  __m256i bytes;
  std::memcpy(&bytes, p, sizeof(bytes));
  return reinterpret_cast<PairLanes>(_mm512_cvtepi8_epi16(bytes));
#elif defined(__AVX2__) && !defined(__AVX512F__)
  __m128i bytes;
  std::memcpy(&bytes, p, sizeof(bytes));
  return reinterpret_cast<PairLanes>(_mm256_cvtepi8_epi16(bytes));
#else
  PairLanes wide;
  for (int i = 0; i < 2 * kLanes; ++i) wide[i] = static_cast<uint16_t>(p[i]);
  return wide;
#endif
}

/// sum[r] + a[2 r] b[2 r] + a[2 r + 1] b[2 r + 1] in each lane r, the factors signed.
inline IntLanes AddPairProducts(const IntLanes& sum, const PairLanes& a, const PairLanes& b) {
#if defined(__AVX512VNNI__)
  return reinterpret_cast<IntLanes>(_mm512_dpwssd_epi32(
      reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX512BW__)
  return sum + reinterpret_cast<IntLanes>(
                   _mm512_madd_epi16(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVXVNNI__) && !defined(__AVX512F__)
  return reinterpret_cast<IntLanes>(_mm256_dpwssd_avx_epi32(
      reinterpret_cast<__m256i>(sum), reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__AVX2__) && !defined(__AVX512F__)
  return sum + reinterpret_cast<IntLanes>(
                   _mm256_madd_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#else
  const IntLanes a_pairs = reinterpret_cast<IntLanes>(a), b_pairs = reinterpret_cast<IntLanes>(b);
  return sum + ((a_pairs << 16) >> 16) * ((b_pairs << 16) >> 16) +
         (a_pairs >> 16) * (b_pairs >> 16);
#endif
}

/// Rounded to the nearest.
inline Lanes ToFloats(const IntLanes& x) { return __builtin_convertvector(x, Lanes); }

/// kLanes float16 numbers from any address.
inline Lanes LoadFloat16(const uint16_t* p) {
#if defined(__AVX512F__)
  __m256i halves;
  std::memcpy(&halves, p, sizeof(halves));
  return reinterpret_cast<Lanes>(_mm512_cvtph_ps(halves));
#elif defined(__F16C__)
  __m128i halves;
  std::memcpy(&halves, p, sizeof(halves));
  return reinterpret_cast<Lanes>(_mm256_cvtph_ps(halves));
#else
  Lanes x;
  for (int r = 0; r < kLanes; ++r) {
    _Float16 half;
    std::memcpy(&half, p + r, sizeof(half));
    x[r] = static_cast<float>(half);
  }
  return x;
#endif
}

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_PAIR_PRODUCTS_H_
