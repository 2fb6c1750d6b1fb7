#include "ch02_data/text_parts.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "workshop/file.h"

namespace gokart {

TextParts::TextParts(std::string path, std::FILE* file, const Tokenizer& tokenizer,
                     size_t part_bytes)
    : path_(std::move(path)),
      file_(file),
      tokenizer_(&tokenizer),
      part_bytes_(std::max<size_t>(part_bytes, 1)) {}

absl::StatusOr<TextParts> TextParts::Open(const std::string& path, const Tokenizer& tokenizer,
                                          size_t part_bytes) {
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return ErrnoStatus(path, errno);
  TextParts parts(path == "-" ? "standard input" : path, file, tokenizer, part_bytes);
  struct stat info {};
  if (fstat(fileno(file), &info) == 0 && S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(path + ": is a folder, not a file");
  }
  return parts;
}

// Reads until `size` bytes are waiting or the file ends.
absl::Status TextParts::Fill(size_t size) {
  while (!at_end_ && waiting_.size() < size) {
    const size_t before = waiting_.size();
    waiting_.resize(size);
    const size_t got = std::fread(waiting_.data() + before, 1, size - before, file_.get());
    waiting_.resize(before + got);
    if (std::ferror(file_.get())) return ErrnoStatus(path_, errno);
    at_end_ = got == 0;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> TextParts::Next() {
  for (size_t size = part_bytes_; size <= kMaxPart; size *= 2) {
    if (absl::Status status = Fill(size); !status.ok()) return status;
    if (at_end_ && waiting_.size() <= size) return std::exchange(waiting_, "");
    const size_t cut = tokenizer_->LastSafeCut(std::string_view(waiting_).substr(0, size));
    if (cut == 0) continue;
    std::string part = waiting_.substr(0, cut);
    waiting_.erase(0, cut);
    return part;
  }
  return absl::InvalidArgumentError(absl::StrCat(path_, ": has no place to cut in ", kMaxPart,
                                                 " bytes (no white space, for instance)"));
}

}  // namespace gokart
