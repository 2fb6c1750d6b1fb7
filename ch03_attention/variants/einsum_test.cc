#include "ch03_attention/variants/einsum.h"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

// The definition: a sum over all values of all letters.
std::vector<double> Slow(const std::string& a, const std::string& b, const std::string& out,
                         const std::map<char, int64_t>& extent, const Tensor& x, const Tensor& y) {
  std::map<char, int64_t> at;
  const auto offset = [&](const std::string& term) {
    int64_t index = 0;
    for (const char letter : term) index = index * extent.at(letter) + at[letter];
    return index;
  };
  int64_t size = 1, all = 1;
  for (const char letter : out) size *= extent.at(letter);
  for (const auto& [letter, n] : extent) all *= n;
  std::vector<double> result(size, 0.0);
  for (int64_t i = 0; i < all; ++i) {
    int64_t rest = i;
    for (const auto& [letter, n] : extent) {
      at[letter] = rest % n;
      rest /= n;
    }
    result[offset(out)] += double{x.data()[offset(a)]} * y.data()[offset(b)];
  }
  return result;
}

const std::map<char, int64_t> kExtents = {{'b', 2}, {'t', 3}, {'s', 5}, {'h', 4}, {'d', 7}};

Shape ShapeFor(const std::string& term) {
  Shape shape;
  for (const char letter : term) shape.Append(kExtents.at(letter));
  return shape;
}

struct Letters {
  std::string a, b, out;
};

class EinsumTest : public ::testing::TestWithParam<Letters> {};
INSTANTIATE_TEST_SUITE_P(Letters, EinsumTest,
                         ::testing::Values(Letters{"td", "ds", "ts"}, Letters{"td", "sd", "st"},
                                           Letters{"btd", "ds", "bts"},
                                           Letters{"bthd", "bshd", "bhts"},
                                           Letters{"bhts", "bshd", "bthd"}, Letters{"t", "s", "st"},
                                           Letters{"d", "d", ""}, Letters{"thd", "dht", "h"}));

TEST_P(EinsumTest, IsTheSumOverAllLetters) {
  const auto& [a, b, out] = GetParam();
  std::map<char, int64_t> extent;
  for (const char letter : a + b) extent[letter] = kExtents.at(letter);
  const Tensor x = RandomTensor(ShapeFor(a), 1), y = RandomTensor(ShapeFor(b), 2);
  const Tensor z = Einsum(a + "," + b + "->" + out, x, y);
  ASSERT_EQ(z.shape(), ShapeFor(out));
  const std::vector<double> expected = Slow(a, b, out, extent, x, y);
  for (int64_t i = 0; i < z.size(); ++i) ASSERT_NEAR(z.data()[i], expected[i], 1e-5) << i;
}

TEST_P(EinsumTest, HasItsGradient) {
  const auto& [a, b, out] = GetParam();
  const std::string letters = a + "," + b + "->" + out;
  EXPECT_TRUE(
      GradientsAreRight([&](const std::vector<Tensor>& x) { return Einsum(letters, x[0], x[1]); },
                        {RandomTensor(ShapeFor(a), 1), RandomTensor(ShapeFor(b), 2)}));
}

TEST(Einsum, SaysWhatDoesNotFit) {
  const Tensor x = Tensor::Zeros({2, 3}), y = Tensor::Zeros({3, 4});
  EXPECT_NO_THROW(Einsum("ab,bc->ac", x, y));
  for (const std::string letters : {"ab,bc", "ab->ac", "abc,bc->ac", "ab,bc->a", "ab,ab->ab",
                                    "aa,ac->c", "ab,bc->acd", "ab,bc->aac"}) {
    EXPECT_THROW(Einsum(letters, x, y), std::invalid_argument) << letters;
  }
}

}  // namespace
}  // namespace gokart
