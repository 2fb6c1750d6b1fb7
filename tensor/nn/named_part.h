// Parameters under the names that checkpoints know them by, however a layer stores them.
//
//   for (NamedPart& part : model.NamedParts()) file.Read(part.name, part.shape(), part.data());
#ifndef GOKART_TENSOR_NN_NAMED_PART_H_
#define GOKART_TENSOR_NN_NAMED_PART_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

/// Some rows of a parameter, or all of them. A row is what one index on the first axis selects, so
/// a part's values lie in memory one after the other.
struct NamedPart {
  std::string name;  ///< "W_key.weight"
  Tensor tensor;     ///< the parameter, not a copy
  int64_t row_begin = 0;
  int64_t rows = 0;

  /// [rows, the other axes of `tensor`...].
  Shape shape() const { return tensor.shape().With(0, rows); }
  int64_t size() const { return shape().size(); }
  /// Where the part begins in the parameter's values, its gradient, or its optimiser's moments.
  int64_t offset() const { return row_begin * tensor.shape().With(0, 1).size(); }

  std::span<const float> values() const {
    return tensor.values().subspan(static_cast<size_t>(offset()), static_cast<size_t>(size()));
  }
  /// For writing the part's values in place.
  float* mutable_data() { return tensor.mutable_data() + offset(); }
};

/// Each parameter of a module as a whole, under its own name; adapters are no part of it.
inline std::vector<NamedPart> WholeParts(const Module& module) {
  std::vector<NamedPart> parts;
  for (NamedTensor& parameter : module.OwnParameters()) {
    const int64_t rows = parameter.tensor.dim(0);
    parts.push_back({std::move(parameter.name), std::move(parameter.tensor), 0, rows});
  }
  return parts;
}

}  // namespace gokart

#endif  // GOKART_TENSOR_NN_NAMED_PART_H_
