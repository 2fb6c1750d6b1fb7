// Safetensors files, single or with an index over several.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_OPEN_SAFETENSORS_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_OPEN_SAFETENSORS_H_

#include <string>

#include "absl/status/statusor.h"
#include "ch05_pretrain/weights/tensor_file.h"

namespace gokart {

/// Opens an index and all of its files. Errors also: a tensor that is not in its file, or that the
/// index doesn't know.
absl::StatusOr<TensorFile> OpenShards(const std::string& path);

/// Opens one safetensors file.
absl::StatusOr<TensorFile> OpenSafetensors(const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_OPEN_SAFETENSORS_H_
