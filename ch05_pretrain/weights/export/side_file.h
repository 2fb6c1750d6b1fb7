// Files that a program needs beside the one that its user asked for.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_SIDE_FILE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_SIDE_FILE_H_

#include <functional>
#include <string>

#include "absl/status/status.h"

namespace gokart {

/// Makes `path` with write(temporary path), unless it is there already with the same content.
/// Errors: those of write; another file of that name is there, which somebody may still need.
absl::Status WriteSideFile(const std::string& path,
                           const std::function<absl::Status(const std::string& path)>& write);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_SIDE_FILE_H_
