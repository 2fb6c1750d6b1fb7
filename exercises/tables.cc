// `bazel run //exercises:tables`: writes the tables of exercises into the READMEs.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "exercises/catalog.h"
#include "exercises/exercise_table.h"
#include "workshop/file.h"

namespace gokart::exercises {
namespace {

absl::Status WriteTables(const std::string& root) {
  const absl::StatusOr<Catalog> catalog = LoadCatalog(root);
  if (!catalog.ok()) return catalog.status();
  for (const std::string& readme : ReadmesWithTables()) {
    const std::string path = absl::StrCat(root, "/", readme);
    const absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) return text.status();
    const absl::StatusOr<std::string> fresh = WithTables(*catalog, *text);
    if (!fresh.ok()) {
      return absl::Status(fresh.status().code(),
                          absl::StrCat(readme, ": ", fresh.status().message()));
    }
    if (*fresh == *text) continue;
    if (absl::Status status = WriteFile(path, *fresh); !status.ok()) return status;
    std::printf("%s\n", readme.c_str());
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace gokart::exercises

int main() {
  const char* root = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  const absl::Status status = root == nullptr
                                  ? absl::NotFoundError("start with `bazel run //exercises:tables`")
                                  : gokart::exercises::WriteTables(root);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
