// Takes changed commands, outputs and exercises over into the translations: see README.md.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "docs/repository.h"
#include "docs/translation_check.h"
#include "docs/translation_sync.h"
#include "workshop/file.h"

int main() {
  using namespace gokart::docs;                                   // NOLINT: all of it
  const char* folder = std::getenv("BUILD_WORKSPACE_DIRECTORY");  // where bazel run was typed
  const std::string root = folder == nullptr ? "." : folder;
  const auto repository = Repository::Open(root);
  if (!repository.ok()) {
    std::fprintf(stderr, "%s\n", repository.status().ToString().c_str());
    return 1;
  }
  bool failed = false;
  for (const auto& [path, text] : repository->files()) {
    const std::string original = OriginalOf(path);
    if (original.empty() || !repository->HasFile(original)) continue;
    const auto synced = WithBlocksOf(repository->files().at(original), text);
    if (synced.ok() && *synced == text) continue;
    const absl::Status status =
        synced.ok() ? gokart::WriteFile(root + "/" + path, *synced) : synced.status();
    std::printf("%s: %s\n", path.c_str(),
                status.ok() ? "changed" : std::string(status.message()).c_str());
    failed = failed || !status.ok();
  }
  return failed ? 1 : 0;
}
