#include "ch06_classify/numpy_permutation.h"

#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

#include "tensor/mersenne_twister.h"

namespace gokart {
namespace {

// Uniform on [0, max]: draws of as many bits as `max` has, until one is not too large.
uint32_t RandomUpTo(uint32_t max, MersenneTwister& twister) {
  uint32_t mask = max;
  for (int shift = 1; shift < 32; shift *= 2) mask |= mask >> shift;
  uint32_t value;
  do {
    value = twister.Next() & mask;
  } while (value > max);
  return value;
}

}  // namespace

std::vector<int64_t> NumpyPermutation(int64_t n, uint32_t seed) {
  if (n < 0 || n > UINT32_MAX) {
    throw std::invalid_argument("NumpyPermutation: " + std::to_string(n) + " is not in [0, 2^32)");
  }
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  MersenneTwister twister(seed);
  for (int64_t i = n - 1; i > 0; --i) {
    std::swap(order[i], order[RandomUpTo(static_cast<uint32_t>(i), twister)]);
  }
  return order;
}

}  // namespace gokart
