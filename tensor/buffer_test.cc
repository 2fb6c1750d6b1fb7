#include "tensor/buffer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace gokart {
namespace {

TEST(Buffer, IsAlignedToCacheLines) {
  for (int64_t size : {1, 15, 16, 17, 1000, 3000000}) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(Buffer::Allocate(size).data()) % 64, 0u) << size;
  }
}

TEST(Buffer, SameSizeComesBackFromThePool) {
  const float* first = Buffer::Allocate(12345).data();
  const int64_t misses = GetPoolStats().misses;
  const Buffer again = Buffer::Allocate(12345);
  EXPECT_EQ(again.data(), first);
  EXPECT_EQ(GetPoolStats().misses, misses);
}

TEST(Buffer, HandlesShareOneBlockAndTheLastReturnsIt) {
  const int64_t before = GetPoolStats().live_bytes;
  Buffer a = Buffer::Allocate(1 << 20);
  Buffer b = a;
  EXPECT_EQ(a.use_count(), 2);
  EXPECT_GE(GetPoolStats().live_bytes, before + (4 << 20));
  a = Buffer();
  EXPECT_GE(GetPoolStats().live_bytes, before + (4 << 20));
  b = Buffer();
  EXPECT_EQ(GetPoolStats().live_bytes, before);
}

// Lengths that grow by one, as in generation, must not leave one cached block each behind.
TEST(Buffer, ChangingSizesDoNotPileUp) {
  ReleasePoolCache();
  ResetPoolPeak();
  const int64_t live = GetPoolStats().live_bytes;
  for (int64_t n = 100000; n < 200000; n += 100) Buffer::Allocate(n);
  const PoolStats stats = GetPoolStats();
  EXPECT_LE(stats.cached_bytes, 2 * (stats.peak_bytes - live) + stats.peak_bytes / 4);
}

TEST(Buffer, BorrowedMemoryIsReadOnlyAndKeepsItsOwner) {
  auto owner = std::make_shared<std::vector<float>>(3, 2.5f);
  std::weak_ptr<std::vector<float>> watch = owner;
  Buffer b = Buffer::Borrow(owner->data(), 3, owner);
  owner.reset();
  EXPECT_EQ(b.data()[2], 2.5f);
  EXPECT_THROW(b.mutable_data(), std::logic_error);
  b = Buffer();
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace gokart
