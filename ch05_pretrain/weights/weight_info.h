// What a file with weights holds, as a page for people.
//
//   std::cout << DescribeWeights(file);
//
//   File           gpt2/model.safetensors
//   Format         safetensors, 548.1 MB
//   Names          Hugging Face's
//   ...
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHT_INFO_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHT_INFO_H_

#include <cstdint>
#include <optional>
#include <string>

#include "ch05_pretrain/weights/weight_file.h"

namespace gokart {

struct DescribeOptions {
  std::optional<int64_t> n_heads = {};  ///< as in LoadModelOptions
  /// Also reads the tensors, one after the other, for each one's sum, smallest and largest number.
  bool sums = false;
};

/// Format, configuration, numbers by type, and a table of the tensors: name, type, shape, where in
/// which file it begins.
std::string DescribeWeights(const WeightFile& file, const DescribeOptions& options = {});

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHT_INFO_H_
