#include "workshop/asset_download.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "workshop/assets.h"
#include "workshop/sha256.h"
#include "workshop/unzip.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kUnpackedLimit = int64_t{1} << 30;  // of a file whose size is not known

absl::Status CheckSum(const absl::StatusOr<std::string>& sum, const AssetFile& file,
                      const std::string& name) {
  if (!sum.ok()) return sum.status();
  if (file.sha256.empty() || *sum == file.sha256) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(name, ": expected the SHA-256 ", file.sha256, ", found ", *sum));
}

int64_t LimitOf(const AssetFile& file) { return file.size > 0 ? file.size : kUnpackedLimit; }

absl::Status DownloadZipped(const AssetFile& file, const std::string& path,
                            const DownloadOptions& options) {
  const std::string archive = path + ".zip";
  const absl::Status downloaded =
      Download({.title = file.zip_member,
                .urls = file.urls,
                .path = archive,
                .check =
                    [&](const std::string& part) {
                      return CheckSum(Sha256InZip(part, file.zip_member, LimitOf(file)), file,
                                      file.zip_member);
                    }},
               options);
  if (!downloaded.ok()) return downloaded;
  const absl::Status unpacked = ExtractFromZip(archive, file.zip_member, path, LimitOf(file));
  if (!unpacked.ok()) return unpacked;
  unlink(archive.c_str());
  return CheckAssetFile(file, path);
}

}  // namespace

absl::Status CheckAssetFile(const AssetFile& file, const std::string& path) {
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), path);
  if (file.size > 0 && static_cast<int64_t>(size) != file.size) {
    return absl::DataLossError(
        absl::StrCat(path, ": expected ", file.size, " bytes, found ", size));
  }
  if (!file.sha256.empty()) return CheckSum(Sha256OfFile(path), file, path);
  return CheckFormat(path, file.format);
}

absl::Status DownloadAssetFile(const AssetFile& file, const std::string& path,
                               const DownloadOptions& options) {
  if (!file.zip_member.empty()) return DownloadZipped(file, path, options);
  return Download({.title = fs::path(path).filename().string(),
                   .urls = file.urls,
                   .path = path,
                   .size = file.size,
                   .check = [&](const std::string& part) { return CheckAssetFile(file, part); }},
                  options);
}

AssetState StateOf(const Asset& asset) {
  size_t present = 0, begun = 0;
  for (const AssetFile& file : asset.files) {
    std::error_code error;
    const uintmax_t size = fs::file_size(AssetPath(file.path), error);
    if (!error && (file.size == 0 || static_cast<int64_t>(size) == file.size)) ++present;
    if (!error || fs::exists(AssetPath(file.path) + ".part", error)) ++begun;
  }
  if (present == asset.files.size()) return AssetState::kPresent;
  return begun > 0 ? AssetState::kIncomplete : AssetState::kMissing;
}

}  // namespace gokart
