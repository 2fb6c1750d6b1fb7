// Whether a file is what it should be, judged by its own structure: for downloads whose publisher
// states no checksum, so that an error page or half a file is not taken for the real thing.

#ifndef GOKART_WORKSHOP_FILE_FORMAT_H_
#define GOKART_WORKSHOP_FILE_FORMAT_H_

#include <string>

#include "absl/status/status.h"

namespace gokart {

enum class FileFormat {
  kAny,
  kText,             // UTF-8 without control characters, and no web page
  kJson,             // one JSON value
  kSafetensors,      // header and tensors fill the file exactly
  kTensorFlowIndex,  // a LevelDB table, as TensorFlow's checkpoints have
  kGzip,
};

/// Errors: unreadable; DATA_LOSS "PATH: expected ..., found ...".
absl::Status CheckFormat(const std::string& path, FileFormat format);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_FILE_FORMAT_H_
