#include "tensor/quantized/weight_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace gokart {
namespace {

bool AllZero(const WeightMemory& memory, int64_t bytes) {
  return std::all_of(memory.data, memory.data + bytes, [](char c) { return c == 0; });
}

TEST(WeightMemory, PiecesAreAlignedApartAndZero) {
  std::vector<WeightMemory> all;
  for (int64_t bytes : {64, 640, 1 << 20, 40 << 20, 128, 0, 64}) {
    all.push_back(AllocateWeights(bytes));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(all.back().data) % 64, 0u);
    EXPECT_EQ(all.back().buffer.size() * 4, bytes);
    EXPECT_TRUE(AllZero(all.back(), bytes)) << bytes;  // nobody before wrote here
    std::memset(all.back().data, 0x55, bytes);
  }
  for (const WeightMemory& memory : all) {
    for (int64_t i = 0; i < memory.buffer.size(); i += 1000) {
      uint32_t bits;
      std::memcpy(&bits, memory.buffer.data() + i, 4);
      ASSERT_EQ(bits, 0x55555555u);
    }
  }
}

TEST(WeightMemory, SmallOnesLieTogether) {
  const WeightMemory a = AllocateWeights(4096), b = AllocateWeights(4096);
  EXPECT_EQ(b.data, a.data + 4096);
}

TEST(WeightMemory, StaysAsLongAsOneBufferDoes) {
  WeightMemory a = AllocateWeights(1 << 20);
  Buffer kept = AllocateWeights(1 << 20).buffer;
  a.buffer = Buffer();
  EXPECT_EQ(kept.data()[1000], 0);
  EXPECT_TRUE(kept.borrowed());
}

}  // namespace
}  // namespace gokart
