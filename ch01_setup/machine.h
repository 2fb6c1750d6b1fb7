// This machine: processor, vector instructions, cores, memory.
//
//     const Machine machine = ThisMachine();   // from /proc on Linux

#ifndef GOKART_CH01_SETUP_MACHINE_H_
#define GOKART_CH01_SETUP_MACHINE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace gokart {

struct Machine {
  std::string cpu;                               // as its maker calls it; empty if not known
  std::vector<std::string> vector_instructions;  // those that matter here, e.g. "AVX2", "AVX-512"
  int cores = 0;                                 // that this process may use
  int64_t memory_bytes = 0;                      // in all; within a container, what it may use
  int64_t available_bytes = 0;                   // without swapping
};

Machine ThisMachine();

/// Fill in what the text of /proc/cpuinfo (x86 or ARM) and /proc/meminfo says.
void ParseCpuInfo(const std::string& text, Machine* machine);
void ParseMemInfo(const std::string& text, Machine* machine);

/// The vector instructions that this program was compiled for, e.g. "AVX-512".
std::string CompiledFor();

}  // namespace gokart

#endif  // GOKART_CH01_SETUP_MACHINE_H_
