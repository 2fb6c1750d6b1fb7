#include "workshop/human.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace gokart {
namespace {

TEST(FormatBytesTest, DecimalUnits) {
  EXPECT_EQ(FormatBytes(0), "0 bytes");
  EXPECT_EQ(FormatBytes(999), "999 bytes");
  EXPECT_EQ(FormatBytes(1000), "1.0 kB");
  EXPECT_EQ(FormatBytes(456318), "456.3 kB");
  EXPECT_EQ(FormatBytes(497759232), "497.8 MB");
  EXPECT_EQ(FormatBytes(999949999), "999.9 MB");
  EXPECT_EQ(FormatBytes(999950001), "1.0 GB");
  EXPECT_EQ(FormatBytes(6.23e9), "6.2 GB");
  EXPECT_EQ(FormatBytes(5e16), "50000.0 TB");
}

TEST(FormatCountTest, Groups) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1000), "1,000");
  EXPECT_EQ(FormatCount(163009536), "163,009,536");
  EXPECT_EQ(FormatCount(-1234567), "-1,234,567");
  EXPECT_EQ(FormatCount(-123), "-123");
  EXPECT_EQ(FormatCount(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(FormatShortCountTest, Letters) {
  EXPECT_EQ(FormatShortCount(12), "12");
  EXPECT_EQ(FormatShortCount(5145), "5.1k");
  EXPECT_EQ(FormatShortCount(124439808), "124.4M");
  EXPECT_EQ(FormatShortCount(-1.5e9), "-1.5B");
}

TEST(FormatDurationTest, Units) {
  EXPECT_EQ(FormatDuration(0), "0 us");
  EXPECT_EQ(FormatDuration(85e-6), "85 us");
  EXPECT_EQ(FormatDuration(0.0123), "12.3 ms");
  EXPECT_EQ(FormatDuration(0.99996), "1.0 s");
  EXPECT_EQ(FormatDuration(4.24), "4.2 s");
  EXPECT_EQ(FormatDuration(59.94), "59.9 s");
  EXPECT_EQ(FormatDuration(59.99), "1 min 00 s");
  EXPECT_EQ(FormatDuration(185), "3 min 05 s");
  EXPECT_EQ(FormatDuration(3599.9), "1 h 00 min");
  EXPECT_EQ(FormatDuration(8040), "2 h 14 min");
  EXPECT_EQ(FormatDuration(273600), "3 days 4 h");
  EXPECT_EQ(FormatDuration(-5), "-5.0 s");
  EXPECT_EQ(FormatDuration(std::nan("")), "unknown");
  EXPECT_EQ(FormatDuration(INFINITY), "unknown");
}

}  // namespace
}  // namespace gokart
