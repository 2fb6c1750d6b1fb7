#include "workshop/unzip.h"

#include <zip.h>

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tensor/atomic_file.h"
#include "workshop/file.h"
#include "workshop/sha256.h"

namespace gokart {
namespace {

using Archive = std::unique_ptr<zip_t, void (*)(zip_t*)>;
using Member = std::unique_ptr<zip_file_t, void (*)(zip_file_t*)>;

absl::StatusOr<Archive> OpenArchive(const std::string& path) {
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &code), zip_discard);
  if (archive != nullptr) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string message =
      absl::StrCat(path, ": not a zip archive: ", zip_error_strerror(&error));
  zip_error_fini(&error);
  return absl::DataLossError(message);
}

// Hands the member's content to `take`, piece by piece.
absl::Status ReadMember(const std::string& path, const std::string& member, int64_t limit,
                        const std::function<absl::Status(std::string_view)>& take) {
  absl::StatusOr<Archive> archive = OpenArchive(path);
  if (!archive.ok()) return archive.status();
  const Member file(zip_fopen(archive->get(), member.c_str(), 0),
                    [](zip_file_t* f) { zip_fclose(f); });
  const std::string name = absl::StrCat(path, ", file '", member, "'");
  if (file == nullptr)
    return absl::DataLossError(absl::StrCat(name, ": ", zip_strerror(archive->get())));

  std::vector<char> part(1 << 16);
  int64_t total = 0;
  zip_int64_t got;
  while ((got = zip_fread(file.get(), part.data(), part.size())) > 0) {
    total += got;
    if (total > limit) {
      return absl::ResourceExhaustedError(
          absl::StrCat(name, ": larger than the ", limit, " bytes expected"));
    }
    const absl::Status status = take({part.data(), static_cast<size_t>(got)});
    if (!status.ok()) return status;
  }
  if (got < 0) return absl::DataLossError(absl::StrCat(name, ": ", zip_file_strerror(file.get())));
  return absl::OkStatus();
}

}  // namespace

absl::Status ExtractFromZip(const std::string& archive, const std::string& member,
                            const std::string& path, int64_t limit) {
  absl::StatusOr<AtomicFile> file = AtomicFile::Create(path);
  if (!file.ok()) return file.status();
  const absl::Status status =
      ReadMember(archive, member, limit, [&](std::string_view part) { return file->Append(part); });
  return status.ok() ? file->Commit() : status;
}

absl::StatusOr<std::string> Sha256InZip(const std::string& archive, const std::string& member,
                                        int64_t limit) {
  Sha256 sum;
  const absl::Status status = ReadMember(archive, member, limit, [&](std::string_view part) {
    sum.Add(part.data(), part.size());
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return sum.Hex();
}

}  // namespace gokart
