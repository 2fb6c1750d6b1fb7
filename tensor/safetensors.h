// Reading and writing of safetensors files, Hugging Face's format for weights.
//
//   absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open("model.safetensors");
//   if (!file.ok()) return file.status();
//   absl::StatusOr<const StoredTensor*> entry = file->Get("wte.weight");
//   if (!entry.ok()) return entry.status();
//   std::vector<float> values = (*entry)->Floats();
//
//   WriteSafetensors("copy.safetensors", {MakeStoredTensor("wte.weight", {50257, 768}, values)});
//
// A file is the header's length (8 bytes, little-endian), the header (JSON, padded with spaces),
//   {"__metadata__": {"format": "pt"}, "b": {"dtype": "F32", "shape": [3], "data_offsets": [0,
//   12]}}
// and the tensors, row-major and without gaps; offsets count from the header's end. Contrary to
// Python's pickles, it can't carry code. https://github.com/huggingface/safetensors
#ifndef GOKART_TENSOR_SAFETENSORS_H_
#define GOKART_TENSOR_SAFETENSORS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tensor/mapped_file.h"
#include "tensor/stored_tensor.h"

namespace gokart {

using SafetensorsMetadata = std::map<std::string, std::string>;

/// What a file holds.
struct SafetensorsContents {
  std::vector<StoredTensor> entries;  ///< in the order of their data
  SafetensorsMetadata metadata;
};

/// Understands a whole file in memory, into which the entries will point; `path` is for messages.
/// Errors: everything that the format forbids, such as gaps, overlaps, data that don't fit their
/// shape, a name given twice; and tensors of a type that DType lacks.
absl::StatusOr<SafetensorsContents> ParseSafetensors(std::span<const std::byte> bytes,
                                                     const std::string& path);

/// A memory-mapped file: opening it reads the header only. Its entries live as long as it does.
class SafetensorsFile {
 public:
  /// Errors: those of MappedFile::Open and ParseSafetensors.
  static absl::StatusOr<SafetensorsFile> Open(const std::string& path);

  const std::string& path() const { return file_.path(); }
  const std::vector<StoredTensor>& entries() const { return contents_.entries; }
  const SafetensorsMetadata& metadata() const { return contents_.metadata; }

  /// The entry of this name, or nullptr.
  const StoredTensor* Find(absl::string_view name) const;
  /// The entry of this name. Error: there is none; the message names path and name.
  absl::StatusOr<const StoredTensor*> Get(absl::string_view name) const;

 private:
  SafetensorsFile(MappedFile file, SafetensorsContents contents);

  MappedFile file_;
  SafetensorsContents contents_;
  std::map<absl::string_view, size_t, std::less<>> index_;  // of entries by name
};

/// Writes a file, whole or not at all (see AtomicFile). The data go straight to the disk, without a
/// copy in memory. As in Hugging Face's library, larger types come first and then the order is that
/// of the names, so that every tensor is aligned; equal tensors give equal files.
/// Throws std::invalid_argument on entries that no file can hold: a name twice, not UTF-8 or
/// "__metadata__"; data that don't fit the shape; a block type.
absl::Status WriteSafetensors(const std::string& path, std::vector<StoredTensor> entries,
                              const SafetensorsMetadata& metadata = {});

/// The same for tensors whose bytes are made when their turn has come: bytes_of(tensor) returns
/// them, to stay until the next call, or an error, with which this ends; `bytes` of the entries is
/// not looked at.
using BytesOfTensor =
    std::function<absl::StatusOr<std::span<const std::byte>>(const StoredTensor& tensor)>;
absl::Status WriteSafetensors(const std::string& path, std::vector<StoredTensor> entries,
                              const SafetensorsMetadata& metadata, const BytesOfTensor& bytes_of);

}  // namespace gokart

#endif  // GOKART_TENSOR_SAFETENSORS_H_
