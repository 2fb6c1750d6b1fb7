// Reading and writing of GGUF, llama.cpp's format: one file for weights, configuration and
// tokenizer.
//
//   absl::StatusOr<GgufFile> file = GgufFile::Open("model.gguf");
//   if (!file.ok()) return file.status();
//   const std::string* name = GetValue<std::string>(file->metadata(), "general.architecture");
//   for (const GgufTensor& tensor : file->tensors()) ...
//
// A file is "GGUF", the version (3), two counts, the metadata, and for each tensor its name,
// dimensions (those that lie next to each other in memory first, the opposite of ours), type and
// offset; after padding the tensors, each at a multiple of general.alignment.
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_FILE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_FILE_H_

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ch05_pretrain/weights/gguf/ggml_type.h"
#include "ch05_pretrain/weights/gguf/gguf_value.h"
#include "tensor/mapped_file.h"

namespace gokart {

/// One tensor of a file.
struct GgufTensor {
  std::string name;
  GgmlType type = GgmlType::kF32;
  std::vector<int64_t> shape;             ///< [rows, columns]: one to four dimensions
  std::span<const std::byte> bytes = {};  ///< where they lie, in files that were read

  int64_t size() const;
};

struct GgufContents {
  GgufMetadata metadata;
  std::vector<GgufTensor> tensors;  ///< in the order of their bytes
};

/// Understands a whole file in memory, into which the tensors will point; `path` is for messages.
/// Versions 2 and 3. Errors name the path, the offset, what was expected and what was found:
/// anything that runs over the file's end, keys or tensors given twice, offsets other than those
/// that follow from the sizes before, types that no program writes.
absl::StatusOr<GgufContents> ParseGguf(std::span<const std::byte> bytes, const std::string& path);

/// A memory-mapped file; its tensors live as long as it does.
class GgufFile {
 public:
  /// Errors: those of MappedFile::Open and ParseGguf.
  static absl::StatusOr<GgufFile> Open(const std::string& path);

  const std::string& path() const { return file_.path(); }
  const GgufMetadata& metadata() const { return contents_.metadata; }
  const std::vector<GgufTensor>& tensors() const { return contents_.tensors; }

  /// The tensor of this name, or nullptr.
  const GgufTensor* Find(absl::string_view name) const;

 private:
  GgufFile(MappedFile file, GgufContents contents)
      : file_(std::move(file)), contents_(std::move(contents)) {}

  MappedFile file_;
  GgufContents contents_;
};

/// Writes a file of version 3, whole or not at all (see AtomicFile). bytes_of(tensor) is asked for
/// each tensor's bytes when their turn has come, to stay until the next call; an error of it ends
/// the writing. Throws
/// std::invalid_argument on what no file can hold: names twice, a number of dimensions other than
/// one to four, rows of broken blocks, a number of bytes that doesn't fit.
absl::Status WriteGguf(
    const std::string& path, const GgufMetadata& metadata, const std::vector<GgufTensor>& tensors,
    const std::function<absl::StatusOr<std::span<const std::byte>>(const GgufTensor&)>& bytes_of);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_FILE_H_
