// The index of a model whose tensors are spread over several safetensors files
// (model.safetensors.index.json, Hugging Face):
//
//   {"metadata": {"total_size": 1000},
//    "weight_map": {"wte.weight": "model-00001-of-00002.safetensors", ...}}
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_SHARD_INDEX_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_SHARD_INDEX_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace gokart {

/// In which file each tensor is, by name. Errors name `path`: not JSON, no weight_map, a file that
/// is not in the folder of the index.
absl::StatusOr<std::map<std::string, std::string>> ParseShardIndex(std::string_view text,
                                                                   const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_SHARD_INDEX_H_
