// The index of a model in several safetensors files.
#include "ch05_pretrain/weights/fuzz/fuzz_input.h"
#include "ch05_pretrain/weights/shard_index.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const gokart::FuzzInput input(data, size);
  const auto index = gokart::ParseShardIndex(input.text(), "input");
  if (!index.ok()) return 0;
  for (const auto& [name, file] : *index) {
    if (file.empty() || file.find('/') != file.npos || file == "..") __builtin_trap();
  }
  return 0;
}
