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
#include "workshop/mapped_file.h"

namespace gokart {
namespace {

constexpr uint64_t kMostHeaderBytes =
    100 << 20;  // of a safetensors file, as its reference reader allows

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
  if (file.size() == 0) return Unexpected(file, "text", "an empty file");
  if (IsWebPage(file.text())) return Unexpected(file, "text", "a web page");
  const size_t bad = FirstBadByte(file.text());
  if (bad < file.size()) {
    return Unexpected(file, "text in UTF-8", absl::StrCat("another byte at offset ", bad));
  }
  return absl::OkStatus();
}

absl::Status CheckJson(const MappedFile& file) {
  if (nlohmann::json::accept(file.text())) return absl::OkStatus();
  return Unexpected(file, "JSON", IsWebPage(file.text()) ? "a web page" : "something else");
}

uint64_t LittleEndian64(const uint8_t* bytes) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | bytes[i];
  return value;
}

// The end of the last tensor, in bytes after the header; -1 if the header is none.
int64_t EndOfTensors(const nlohmann::json& header) {
  if (!header.is_object()) return -1;
  int64_t end = 0;
  for (const auto& [name, tensor] : header.items()) {
    if (name == "__metadata__") continue;
    if (!tensor.is_object() || !tensor.contains("data_offsets")) return -1;
    const nlohmann::json& offsets = tensor["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[1].is_number_unsigned()) return -1;
    end = std::max(end, offsets[1].get<int64_t>());
  }
  return end;
}

absl::Status CheckSafetensors(const MappedFile& file) {
  const std::string expected = "a safetensors file";
  if (file.size() < 8) return Unexpected(file, expected, absl::StrCat(file.size(), " bytes"));
  const uint64_t header_size = LittleEndian64(file.data());
  if (header_size > kMostHeaderBytes || header_size > file.size() - 8) {
    return Unexpected(file, expected, absl::StrCat("a header of ", header_size, " bytes"));
  }
  const nlohmann::json header = nlohmann::json::parse(file.text().substr(8, header_size), nullptr,
                                                      /*allow_exceptions=*/false);
  const int64_t end = EndOfTensors(header);
  if (end < 0) return Unexpected(file, expected, "another header");
  const int64_t rest = static_cast<int64_t>(file.size() - 8 - header_size);
  if (end != rest) {
    return Unexpected(file, absl::StrCat(end, " bytes of tensors"), absl::StrCat(rest, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status CheckTensorFlowIndex(const MappedFile& file) {
  constexpr uint64_t kMagic = 0xdb4775248b80fb57;  // the last 8 bytes of every LevelDB table
  constexpr size_t kFooterSize = 48;
  if (file.size() >= kFooterSize && LittleEndian64(file.data() + file.size() - 8) == kMagic) {
    return absl::OkStatus();
  }
  return Unexpected(file, "an index of a TensorFlow checkpoint", "something else");
}

absl::Status CheckGzip(const MappedFile& file) {
  constexpr char kMagic[] = "\x1f\x8b\x08";
  if (file.size() > 18 && std::memcmp(file.data(), kMagic, 3) == 0) return absl::OkStatus();
  return Unexpected(file, "gzip", "something else");
}

}  // namespace

absl::Status CheckFormat(const std::string& path, FileFormat format) {
  if (format == FileFormat::kAny) return absl::OkStatus();
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  switch (format) {
    case FileFormat::kText:
      return CheckText(*file);
    case FileFormat::kJson:
      return CheckJson(*file);
    case FileFormat::kSafetensors:
      return CheckSafetensors(*file);
    case FileFormat::kTensorFlowIndex:
      return CheckTensorFlowIndex(*file);
    case FileFormat::kGzip:
      return CheckGzip(*file);
    case FileFormat::kAny:
      break;
  }
  return absl::OkStatus();
}

}  // namespace gokart
