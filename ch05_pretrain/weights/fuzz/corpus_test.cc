// Each fuzz target, run over its seeds and over damaged copies of them: what fuzzing has to say
// when there is no fuzzer, in a normal build. Built once per target, whose name is the argument.
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>

#include "ch05_pretrain/weights/fuzz/seeds.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

// Every way to cut a small input, some ways to cut a large one, and random bytes in it.
void RunDamaged(const std::string& input, std::mt19937& random) {
  const size_t step = input.size() / 200 + 1;
  for (size_t size = 0; size < input.size(); size += step) Run(input.substr(0, size));
  for (int i = 0; i < 100 && !input.empty(); ++i) {
    std::string damaged = input;
    for (uint32_t n = 1 + random() % 4; n > 0; --n) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    Run(damaged);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  std::mt19937 random(1);
  size_t seeds = 0;
  for (const gokart::Seed& seed : gokart::SeedsFor(argv[1])) {
    Run(seed.bytes);
    RunDamaged(seed.bytes.substr(0, 1 << 16), random);
    ++seeds;
  }
  std::printf("%zu seeds of %s\n", seeds, argv[1]);
  return seeds < 5 ? 1 : 0;
}
