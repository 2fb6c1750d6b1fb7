#include "workshop/file_format.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tensor/mapped_file.h"
#include "tensor/safetensors.h"

namespace gokart {
namespace {

std::string_view TextOf(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

absl::Status Unexpected(const MappedFile& file, const std::string& expected,
                        const std::string& found) {
  return absl::DataLossError(absl::StrCat(file.path(), ": expected ", expected, ", found ", found));
}

bool IsWebPage(std::string_view text) {
  const std::string start = absl::AsciiStrToLower(std::string(text.substr(0, 256)));
  const absl::string_view trimmed = absl::StripLeadingAsciiWhitespace(start);
  return absl::StartsWith(trimmed, "<!doctype html") || absl::StartsWith(trimmed, "<html");
}

// The offset of the first byte that no UTF-8 text has; the size if there is none.
size_t FirstBadByte(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  for (int64_t i = 0; i < static_cast<int64_t>(text.size());) {
    const int64_t start = i;
    const int64_t end = static_cast<int64_t>(text.size());
    UChar32 c = 0;
    U8_NEXT(bytes, i, end, c);
    const bool control = c >= 0 && c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f';
    if (c < 0 || control) return start;
  }
  return text.size();
}

absl::Status CheckText(const MappedFile& file) {
  if (file.bytes().size() == 0) return Unexpected(file, "text", "an empty file");
  if (IsWebPage(TextOf(file))) return Unexpected(file, "text", "a web page");
  const size_t bad = FirstBadByte(TextOf(file));
  if (bad < file.bytes().size()) {
    return Unexpected(file, "text in UTF-8", absl::StrCat("another byte at offset ", bad));
  }
  return absl::OkStatus();
}

absl::Status CheckJson(const MappedFile& file) {
  if (nlohmann::json::accept(TextOf(file))) return absl::OkStatus();
  return Unexpected(file, "JSON", IsWebPage(TextOf(file)) ? "a web page" : "something else");
}

uint64_t LittleEndian64(const std::byte* bytes) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | std::to_integer<uint64_t>(bytes[i]);
  return value;
}

absl::Status CheckTensorFlowIndex(const MappedFile& file) {
  constexpr uint64_t kMagic = 0xdb4775248b80fb57;  // the last 8 bytes of every LevelDB table
  constexpr size_t kFooterSize = 48;
  if (file.bytes().size() >= kFooterSize &&
      LittleEndian64(file.bytes().data() + file.bytes().size() - 8) == kMagic) {
    return absl::OkStatus();
  }
  return Unexpected(file, "an index of a TensorFlow checkpoint", "something else");
}

absl::Status CheckGzip(const MappedFile& file) {
  constexpr char kMagic[] = "\x1f\x8b\x08";
  if (file.bytes().size() > 18 && std::memcmp(file.bytes().data(), kMagic, 3) == 0)
    return absl::OkStatus();
  return Unexpected(file, "gzip", "something else");
}

}  // namespace

absl::Status CheckFormat(const std::string& path, FileFormat format) {
  if (format == FileFormat::kAny) return absl::OkStatus();
  if (format == FileFormat::kSafetensors) return SafetensorsFile::Open(path).status();
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  switch (format) {
    case FileFormat::kText:
      return CheckText(*file);
    case FileFormat::kJson:
      return CheckJson(*file);
    case FileFormat::kTensorFlowIndex:
      return CheckTensorFlowIndex(*file);
    case FileFormat::kGzip:
      return CheckGzip(*file);
    case FileFormat::kAny:
    case FileFormat::kSafetensors:
      break;
  }
  return absl::OkStatus();
}

}  // namespace gokart
