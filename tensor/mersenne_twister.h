// MT19937, the generator behind PyTorch's CPU random numbers, made for drawing many at once.
//
//   MersenneTwister twister(123);
//   uint32_t a = twister.Next();                          // as std::mt19937(123)() gives
//   uint32_t buffer[128];
//   const uint32_t* more = twister.NextSpan(128, buffer);  // the next 128 draws
//
// Makoto Matsumoto and Takuji Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed
// uniform pseudo-random number generator", ACM TOMACS 8 (1998). All 624 words are renewed and
// tempered in one go, in loops that the compiler turns into vector code.
#ifndef GOKART_TENSOR_MERSENNE_TWISTER_H_
#define GOKART_TENSOR_MERSENNE_TWISTER_H_

#include <array>
#include <cstdint>

namespace gokart {

/// The same numbers as std::mt19937; copyable, not thread-safe.
class MersenneTwister {
 public:
  static constexpr int kWords = 624;
  using Words = std::array<uint32_t, kWords>;

  explicit MersenneTwister(uint32_t seed) { Seed(seed); }

  /// Starts again from `seed`.
  void Seed(uint32_t seed);

  /// The next 32 random bits.
  uint32_t Next() {
    if (position_ == kWords) Refill();
    return outputs_[position_++];
  }

  /// The next `count` draws, in order. Returns a pointer to them: into the generator itself where
  /// they lie there in one piece (valid until the next call), else `buffer`, which has room for
  /// `count`. Needs 0 <= count <= kWords.
  const uint32_t* NextSpan(int count, uint32_t* buffer);

  /// The words of the recurrence, and how many of their outputs have been drawn (0 to kWords).
  const Words& words() const { return words_; }
  int position() const { return position_; }

  /// Continues from words() and position() of an earlier generator. Needs a position in [0,
  /// kWords].
  void Restore(const Words& words, int position);

 private:
  void Refill();
  void Temper();

  alignas(64) Words words_;
  alignas(64) Words outputs_;  // tempered words_
  int position_ = kWords;      // of the next output
};

}  // namespace gokart

#endif  // GOKART_TENSOR_MERSENNE_TWISTER_H_
