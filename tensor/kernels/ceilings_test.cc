#include "tensor/kernels/ceilings.h"

#include <omp.h>

#include "gtest/gtest.h"

namespace gokart::kernels {
namespace {

// No speed is asserted, only that these are speeds: between those of a pocket calculator and of
// anything that is built.
TEST(CeilingsTest, ArePlausible) {
  for (int threads : {1, 2}) {
    const double gflops = MatMulCeiling(threads), gigabytes = MemoryReadCeiling(threads);
    EXPECT_GT(gflops, 0.1);
    EXPECT_LT(gflops, 1e6);
    EXPECT_GT(gigabytes, 0.01);
    EXPECT_LT(gigabytes, 1e5);
  }
}

TEST(CeilingsTest, LeaveTheNumberOfThreadsAlone) {
  omp_set_num_threads(3);
  MatMulCeiling(1);
  MemoryReadCeiling(1);
  EXPECT_EQ(omp_get_max_threads(), 3);
}

}  // namespace
}  // namespace gokart::kernels
