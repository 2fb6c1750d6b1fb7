// Writes tensors as torch.save({name: tensor, ...}) does.
//
//   absl::Status status = WriteTorch("model.pth", WorkshopTensors(model, DType::kF32));
//
//   >>> model = GPTModel(GPT_CONFIG_124M)
//   >>> model.load_state_dict(torch.load("model.pth", weights_only=True))
//
// A zip file: NAME/data.pkl, a pickled OrderedDict whose tensors say which storage they use, and
// the storages as NAME/data/0, NAME/data/1, ... Source: torch/serialization.py of PyTorch 2.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_TORCH_WRITER_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_TORCH_WRITER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ch05_pretrain/weights/export/tensor_to_write.h"

namespace gokart {

/// Whole or not at all. Tensors that are the same as others share their storage, as PyTorch's tied
/// ones do. Errors: of the disk, EncodeTensor's. Throws std::invalid_argument for types that
/// PyTorch lacks (F32, F16 and BF16 it has), and for a same_as that is no earlier tensor.
absl::Status WriteTorch(const std::string& path, const std::vector<TensorToWrite>& tensors);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_TORCH_WRITER_H_
