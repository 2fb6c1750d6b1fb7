#include "ch01_setup/machine.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;

TEST(ParseCpuInfoTest, X86) {
  Machine machine;
  ParseCpuInfo(
      "processor\t: 0\nmodel name\t: Some CPU @ 2.0GHz: fast\n"
      "flags\t\t: fpu sse avx avx2 fma f16c avx512f amx_tile\n"
      "processor\t: 1\nmodel name\t: Other\nflags\t\t: fpu avx512_bf16\n",
      &machine);
  EXPECT_EQ(machine.cpu, "Some CPU @ 2.0GHz: fast");
  EXPECT_THAT(machine.vector_instructions, ElementsAre("AVX2", "FMA", "F16C", "AVX-512", "AMX"));
}

TEST(ParseCpuInfoTest, Arm) {
  Machine machine;
  ParseCpuInfo("processor\t: 0\nFeatures\t: fp asimd evtstrm sve\n", &machine);
  EXPECT_EQ(machine.cpu, "");
  EXPECT_THAT(machine.vector_instructions, ElementsAre("NEON", "SVE"));
}

TEST(ParseMemInfoTest, Kibibytes) {
  Machine machine;
  ParseMemInfo("MemTotal:       1000 kB\nMemFree:        1 kB\nMemAvailable:    500 kB\nnonsense\n",
               &machine);
  EXPECT_EQ(machine.memory_bytes, 1024000);
  EXPECT_EQ(machine.available_bytes, 512000);
}

TEST(ThisMachineTest, IsPlausible) {
  const Machine machine = ThisMachine();
  EXPECT_GE(machine.cores, 1);
  EXPECT_GT(machine.memory_bytes, 100 << 20);
  EXPECT_GT(machine.available_bytes, 0);
  EXPECT_LE(machine.available_bytes, machine.memory_bytes);
}

}  // namespace
}  // namespace gokart
