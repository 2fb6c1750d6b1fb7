#include "workshop/ceilings.h"

#include <omp.h>

#include <cmath>

#include "gtest/gtest.h"

namespace gokart {
namespace {

// No test asserts a speed; these only tell a measurement from nonsense: a unit that is off by a
// thousand, work that the compiler removed.
TEST(CeilingsTest, MatMulIsAPlausibleSpeed) {
  const double gflops = MatMulGflops(1, /*seconds=*/0);
  EXPECT_GT(gflops, 0.1);
  EXPECT_LT(gflops, 5000);
}

TEST(CeilingsTest, ReadingIsAPlausibleSpeed) {
  const double speed = ReadGigabytesPerSecond(1, /*seconds=*/0, /*bytes=*/16 << 20);
  EXPECT_GT(speed, 0.05);
  EXPECT_LT(speed, 2000);
}

TEST(CeilingsTest, LeavesTheNumberOfThreadsAsItWas) {
  omp_set_num_threads(3);
  MatMulGflops(1, 0);
  ReadGigabytesPerSecond(2, 0, 1 << 20);
  EXPECT_EQ(omp_get_max_threads(), 3);
}

}  // namespace
}  // namespace gokart
