// A tensor on its way into a file: its numbers are made when their turn has come, so that a model
// never lies in memory twice.
//
//   for (const TensorToWrite& tensor : HuggingFaceTensors(model, DType::kF16)) {
//     absl::StatusOr<std::vector<std::byte>> bytes = EncodeTensor(tensor);
//     ...
//   }
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_TENSOR_TO_WRITE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_TENSOR_TO_WRITE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tensor/dtype.h"

namespace gokart {

struct TensorToWrite {
  std::string name;
  DType dtype = DType::kF32;   ///< of the file
  std::vector<int64_t> shape;  ///< of the file
  std::function<std::vector<float>()> values;
  /// The name of an earlier tensor with the same numbers, to be stored once where the format can.
  std::string same_as = {};
};

/// The numbers as they stand in the file, rounded to the nearest where the type has fewer bits.
/// Error: a number that the type can't hold. Throws std::invalid_argument for types that nothing is
/// written in: whole numbers, F64; and for rows that are not whole blocks.
absl::StatusOr<std::vector<std::byte>> EncodeTensor(const TensorToWrite& tensor);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_TENSOR_TO_WRITE_H_
