// The tensors of a file, whatever its format: where they lie, and what keeps them there.
//
//   absl::StatusOr<TensorFile> file = OpenTorchFile("model.pth");
//   for (const StoredTensor& t : file->tensors) std::cout << t.name << " " << t.TypeAndShape();
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_TENSOR_FILE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_TENSOR_FILE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tensor/mapped_file.h"
#include "tensor/stored_tensor.h"

namespace gokart {

/// What a format says the checksum of some bytes of a file must be.
struct DataChecksum {
  enum class Kind { kCrc32, kMaskedCrc32c };

  std::string what;  ///< for messages: "tensor "wte.weight""
  Kind kind = Kind::kCrc32;
  uint32_t expected = 0;
  std::span<const std::byte> bytes;
};

struct TensorFile {
  std::string path;    ///< of the file itself: a folder's path is replaced by that of its index
  std::string format;  ///< for people: "safetensors", "PyTorch", "TensorFlow checkpoint", ...
  /// In the file's order. They point into `files` or `copies`.
  std::vector<StoredTensor> tensors;
  std::map<std::string, std::string> metadata;  ///< the format's own, for people

  std::vector<DataChecksum> checksums;
  std::vector<std::shared_ptr<const MappedFile>> files;
  /// Tensors that no file holds in one piece.
  std::vector<std::shared_ptr<const std::vector<std::byte>>> copies;

  /// The tensor of this name, or nullptr. Looks at all of them.
  const StoredTensor* Find(const std::string& name) const;

  /// Gives pages of a mapped file back to the system, which reads them again if they are needed;
  /// bytes of `copies` stay as they are.
  void GivePagesBack(std::span<const std::byte> bytes) const;
  void GivePagesBack(const StoredTensor& tensor) const { GivePagesBack(tensor.bytes); }

  /// The mapped file that a tensor lies in, or nullptr.
  std::shared_ptr<const MappedFile> FileOf(const StoredTensor& tensor) const;
  /// Where in that file it begins.
  std::optional<int64_t> OffsetOf(const StoredTensor& tensor) const;
};

/// Reads everything that has a checksum, and gives the pages back. Error: the first one that is
/// wrong, with path and offset.
absl::Status VerifyChecksums(const TensorFile& file);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_TENSOR_FILE_H_
