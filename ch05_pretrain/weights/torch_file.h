// Files of PyTorch's torch.save: a zip archive with a pickle, data.pkl, that says what was saved,
// and the numbers of each tensor's storage in a file of its own, data/0, data/1, ...
//
//   absl::StatusOr<TensorFile> file = OpenTorchFile("model.pth");
//
// What the workshop saves: a state_dict(), or {"model_state_dict": ..., "optimizer_state_dict":
// ...}.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_TORCH_FILE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_TORCH_FILE_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch05_pretrain/weights/stored_zip.h"
#include "ch05_pretrain/weights/tensor_file.h"

namespace gokart {

/// Adds the tensors in an archive to `file`, whose path is for messages. A dictionary's tensors
/// have its keys as names, a dictionary's in a dictionary "KEY.KEY"; but those of a model
/// ("model_state_dict", "state_dict" or "model" at the top) have their own names only. Tensors that
/// are not contiguous (transposed ones, for instance) are copied. Errors name path and offset:
/// whatever ReadStoredZip or Pickle::Parse refuse, a storage that is missing or too short, a tensor
/// that reaches beyond its storage, a name given twice, big-endian numbers.
absl::Status ReadTorchArchive(std::span<const std::byte> bytes, TensorFile& file);

/// The same for an archive that has been taken apart; `max_copied_bytes` limits what copies take.
absl::Status ReadTorchEntries(const std::vector<StoredZipEntry>& entries, uint64_t max_copied_bytes,
                              TensorFile& file);

/// Whether the bytes begin as files from before PyTorch 1.6 do, which were no archives.
bool IsOldTorchFile(std::span<const std::byte> bytes);

/// Opens a file. Error also: one from before PyTorch 1.6, with the way to convert it.
absl::StatusOr<TensorFile> OpenTorchFile(const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_TORCH_FILE_H_
