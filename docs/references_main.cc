// Checks the references of all pages of the checkout: see README.md.

#include <cstdio>
#include <filesystem>
#include <string>

#include "docs/reference_check.h"

int main(int argc, char** argv) {
  using namespace gokart::docs;  // NOLINT: all of it
  if (argc != 2) {
    std::fprintf(stderr, "usage: references FILE_AT_THE_ROOT_OF_THE_CHECKOUT\n");
    return 1;
  }
  // A test sees links into the checkout.
  std::error_code error;
  const auto file = std::filesystem::canonical(argv[1], error);
  const auto repository = Repository::Open(file.parent_path().string());
  if (error || !repository.ok()) {
    std::fprintf(stderr, "%s: %s\n", argv[1],
                 error ? error.message().c_str() : repository.status().ToString().c_str());
    return 1;
  }
  size_t num_pages = 0;
  for (const auto& [path, text] : repository->files()) num_pages += path.ends_with(".md");
  const std::vector<Problem> problems = CheckReferences(*repository);
  for (const Problem& problem : problems) std::printf("%s\n", Describe(problem).c_str());
  std::printf("%zu pages, %zu problems\n", num_pages, problems.size());
  return num_pages > 0 && problems.empty() ? 0 : 1;
}
