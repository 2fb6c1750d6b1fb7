// The random orders that NumPy and pandas make, so that data are split as in the workshop.
//
//   NumpyPermutation(4, 123);   // np.random.RandomState(123).permutation(4)
//
// pandas' frame.sample(n=n, random_state=123) is the first n of such a permutation of all rows.
#ifndef GOKART_CH06_CLASSIFY_NUMPY_PERMUTATION_H_
#define GOKART_CH06_CLASSIFY_NUMPY_PERMUTATION_H_

#include <cstdint>
#include <vector>

namespace gokart {

/// The numbers 0 to n - 1 in the order of NumPy's legacy generator, which is MT19937 with other
/// draws than PyTorch's: Fisher and Yates's shuffle from the end, each index by rejecting masked 32
/// bit numbers. Throws std::invalid_argument unless 0 <= n < 2^32.
std::vector<int64_t> NumpyPermutation(int64_t n, uint32_t seed);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_NUMPY_PERMUTATION_H_
