// The index of a TensorFlow checkpoint, and tensors placed in data files of 4096 bytes.
#include <vector>

#include "ch05_pretrain/weights/fuzz/fuzz_input.h"
#include "ch05_pretrain/weights/tf_checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr int64_t kMaxShards = 8;
  static const std::vector<std::byte> shard(4096);
  const gokart::FuzzInput input(data, size);
  // Checksums first, as users meet it; then without, or few changes would get past them.
  for (const bool verify : {true, false}) {
    auto index = gokart::ParseTfIndex(input.bytes(), "input", verify);
    if (!index.ok() || index->num_shards > kMaxShards) continue;
    const std::vector<std::span<const std::byte>> shards(index->num_shards, shard);
    gokart::TensorFile file;
    if (!gokart::PlaceTfTensors(*std::move(index), shards, file).ok()) continue;
    gokart::TouchAll(file.tensors);
    (void)gokart::VerifyChecksums(file);
  }
  return 0;
}
