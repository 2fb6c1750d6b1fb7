#include "tensor/mersenne_twister.h"

#include <algorithm>

namespace gokart {
namespace {

constexpr int kWords = MersenneTwister::kWords;
constexpr int kShift = 397;  // word k is made of words k, k + 1 and k + 397

// The recurrence: 31 bits of `next` under the top bit of `word`, times the matrix A, plus `far`.
// -(x & 1) is all ones for an odd x: a mask instead of a branch, so that loops become vector code.
inline uint32_t Twist(uint32_t word, uint32_t next, uint32_t far) {
  const uint32_t mixed = (word & 0x80000000u) | (next & 0x7fffffffu);
  return far ^ (mixed >> 1) ^ (-(mixed & 1u) & 0x9908b0dfu);
}

}  // namespace

void MersenneTwister::Seed(uint32_t seed) {
  words_[0] = seed;
  for (uint32_t k = 1; k < kWords; ++k) {
    words_[k] = 1812433253u * (words_[k - 1] ^ (words_[k - 1] >> 30)) + k;
  }
  outputs_.fill(0);
  position_ = kWords;
}

const uint32_t* MersenneTwister::NextSpan(int count, uint32_t* buffer) {
  if (position_ == kWords && count > 0) Refill();
  const int here = std::min(count, kWords - position_);
  const uint32_t* begin = outputs_.data() + position_;
  position_ += here;
  if (here == count) return begin;
  std::copy_n(begin, here, buffer);
  Refill();
  std::copy_n(outputs_.data(), count - here, buffer + here);
  position_ = count - here;
  return buffer;
}

void MersenneTwister::Restore(const Words& words, int position) {
  words_ = words;
  position_ = position;
  Temper();
}

// Split where the index k + 397 wraps around: each loop reads `far` words at least 227 places away
// from those it writes, more than any vector's width.
void MersenneTwister::Refill() {
  uint32_t* w = words_.data();
  for (int k = 0; k < kWords - kShift; ++k) w[k] = Twist(w[k], w[k + 1], w[k + kShift]);
  for (int k = kWords - kShift; k < kWords - 1; ++k) {
    w[k] = Twist(w[k], w[k + 1], w[k + kShift - kWords]);
  }
  w[kWords - 1] = Twist(w[kWords - 1], w[0], w[kShift - 1]);
  Temper();
  position_ = 0;
}

void MersenneTwister::Temper() {
  for (int k = 0; k < kWords; ++k) {
    uint32_t y = words_[k];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    outputs_[k] = y ^ (y >> 18);
  }
}

}  // namespace gokart
