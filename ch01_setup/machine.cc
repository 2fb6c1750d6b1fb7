#include "ch01_setup/machine.h"

#include <omp.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "workshop/file.h"

namespace gokart {
namespace {

// Names in /proc/cpuinfo and what people call them.
constexpr std::pair<const char*, const char*> kInstructions[] = {
    {"avx2", "AVX2"},
    {"fma", "FMA"},
    {"f16c", "F16C"},
    {"avx512f", "AVX-512"},
    {"avx_vnni", "AVX-VNNI"},
    {"avx512_vnni", "AVX-512 VNNI"},
    {"avx512_bf16", "AVX-512 BF16"},
    {"avx512_fp16", "AVX-512 FP16"},
    {"amx_tile", "AMX"},
    {"asimd", "NEON"},
    {"sve", "SVE"},
};

// Calls found(name, value) for the lines "name : value" of a /proc file.
template <class Found>
void ForEachEntry(const std::string& text, const Found& found) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> entry =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    found(absl::StripAsciiWhitespace(entry.first), absl::StripAsciiWhitespace(entry.second));
  }
}

std::string ContentOf(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path, 1 << 24);
  return text.ok() ? *std::move(text) : "";
}

}  // namespace

void ParseCpuInfo(const std::string& text, Machine* machine) {
  std::set<std::string> flags;
  ForEachEntry(text, [&](absl::string_view name, absl::string_view value) {
    if (name == "model name" && machine->cpu.empty()) machine->cpu = std::string(value);
    if ((name == "flags" || name == "Features") && flags.empty()) {
      const std::vector<std::string> words = absl::StrSplit(value, ' ', absl::SkipEmpty());
      flags.insert(words.begin(), words.end());
    }
  });
  for (const auto& [flag, name] : kInstructions) {
    if (flags.count(flag) > 0) machine->vector_instructions.push_back(name);
  }
}

void ParseMemInfo(const std::string& text, Machine* machine) {
  ForEachEntry(text, [&](absl::string_view name, absl::string_view value) {
    int64_t kibibytes = 0;
    if (!absl::ConsumeSuffix(&value, " kB") || !absl::SimpleAtoi(value, &kibibytes)) return;
    if (name == "MemTotal") machine->memory_bytes = kibibytes * 1024;
    if (name == "MemAvailable") machine->available_bytes = kibibytes * 1024;
  });
}

Machine ThisMachine() {
  Machine machine;
  ParseCpuInfo(ContentOf("/proc/cpuinfo"), &machine);
  ParseMemInfo(ContentOf("/proc/meminfo"), &machine);
  machine.cores = omp_get_num_procs();
  // A container may have less than the machine. The file holds "max" where it has not.
  int64_t limit = 0;
  const std::string group = ContentOf("/sys/fs/cgroup/memory.max");
  if (absl::SimpleAtoi(group, &limit) && limit > 0 && limit < machine.memory_bytes) {
    machine.memory_bytes = limit;
    machine.available_bytes = std::min(machine.available_bytes, limit);
  }
  return machine;
}

std::string CompiledFor() {
#if defined(__AVX512F__)
  return "AVX-512";
#elif defined(__AVX2__)
  return "AVX2";
#elif defined(__AVX__)
  return "AVX";
#elif defined(__ARM_FEATURE_SVE)
  return "SVE";
#elif defined(__ARM_NEON)
  return "NEON";
#else
  return "none";
#endif
}

}  // namespace gokart
