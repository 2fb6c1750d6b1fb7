// What pages may refer to: the files in version control, Bazel's targets, and the names in the
// code.

#ifndef GOKART_DOCS_REPOSITORY_H_
#define GOKART_DOCS_REPOSITORY_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart::docs {

class Repository {
 public:
  /// Of the checkout at `root`, whose files git lists. Errors: no checkout, a file unreadable.
  static absl::StatusOr<Repository> Open(const std::string& root);

  /// With these files: path -> content. For tests.
  static Repository Of(const std::map<std::string, std::string>& files);

  const std::map<std::string, std::string>& files() const { return files_; }
  bool HasFile(const std::string& path) const { return files_.count(path) > 0; }
  bool HasFolder(const std::string& path) const { return path.empty() || folders_.count(path) > 0; }

  /// Is there a file whose path, or last part of the path, matches? `pattern` may contain *.
  bool HasFileLike(const std::string& pattern) const;

  /// Does a word of some C++, Bazel or shell file equal `name`?
  bool HasWord(const std::string& name) const { return words_.count(name) > 0; }

  /// "//ch03_attention:tour", "//ch03_attention" (of the same name), "//ch03_attention/...".
  /// Targets that a macro makes have names that start with the macro's.
  bool HasTarget(const std::string& label) const;

 private:
  void Add(const std::string& path, const std::string& content);
  void AddTargets(const std::string& package, std::string_view build_file);

  std::map<std::string, std::string> files_;
  std::set<std::string> folders_;
  std::set<std::string, std::less<>> words_;
  std::set<std::string> targets_;  // "//package:name"
  std::vector<std::string> macros_;
};

/// "//ch03_attention" -> "//ch03_attention:ch03_attention"; others stay as they are.
std::string FullLabel(const std::string& label);

}  // namespace gokart::docs

#endif  // GOKART_DOCS_REPOSITORY_H_
