// TensorFlow V2 checkpoints ("tensor bundles"), as OpenAI published GPT-2: an index, which is a
// leveldb table of protocol buffers, and one or more files with the numbers.
//
//   absl::StatusOr<TensorFile> file = OpenTfCheckpoint("gpt2/124M/model.ckpt");
//   // reads model.ckpt.index, model.ckpt.data-00000-of-00001
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_TF_CHECKPOINT_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_TF_CHECKPOINT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ch05_pretrain/weights/tensor_file.h"

namespace gokart {

/// What an index says.
struct TfIndex {
  struct Entry {
    StoredTensor tensor;  ///< without its bytes
    int64_t shard = 0;
    uint64_t offset = 0, size = 0;
    uint32_t crc32c = 0;  ///< masked
  };
  int64_t num_shards = 1;
  std::vector<Entry> entries;  ///< by name
};

/// Reads an index. Tensors of strings, such as TensorFlow 2's graph of objects, are left out.
/// Errors name `path` and the tensor: damaged tables, big-endian numbers, types of numbers that
/// DType lacks, shapes that don't fit the size, variables in slices.
absl::StatusOr<TfIndex> ParseTfIndex(std::span<const std::byte> bytes, const std::string& path,
                                     bool verify_checksums = true);

/// The entries' tensors, in the order of the files' bytes, with their checksums. `shards` are as
/// many as the index says. Errors: a tensor that ends behind its file, or overlaps another.
absl::Status PlaceTfTensors(TfIndex index, std::span<const std::span<const std::byte>> shards,
                            TensorFile& file);

/// Opens PREFIX.index and its data files.
absl::StatusOr<TensorFile> OpenTfCheckpoint(const std::string& prefix);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_TF_CHECKPOINT_H_
