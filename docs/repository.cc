#include "docs/repository.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "workshop/file.h"
#include "workshop/subprocess.h"

namespace gokart::docs {
namespace {

std::string LastPart(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool IsSource(const std::string& path) {
  const std::string name = LastPart(path);
  for (const char* ending : {".h", ".cc", ".bzl", ".sh"}) {
    if (absl::EndsWith(name, ending)) return true;
  }
  return name == "BUILD";
}

// Rules that make one target, of their own name.
bool MakesOneTarget(absl::string_view rule) {
  for (const char* start : {"cc_", "sh_", "alias", "filegroup", "genrule", "test_suite", "config_"})
    if (absl::StartsWith(rule, start)) return true;
  return false;
}

}  // namespace

absl::StatusOr<Repository> Repository::Open(const std::string& root) {
  const absl::StatusOr<ProcessResult> list =
      RunProcess({"git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z"});
  if (!list.ok()) return list.status();
  if (list->exit_status != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(root, " is no checkout: ", absl::StripAsciiWhitespace(list->errors)));
  }
  Repository repository;
  const std::vector<std::string> paths = absl::StrSplit(list->output, '\0', absl::SkipEmpty());
  for (const std::string& path : paths) {
    const std::string place = root + "/" + path;
    std::error_code error;
    if (!std::filesystem::is_regular_file(place, error)) continue;  // its deletion is not committed
    const bool text = IsSource(path) || absl::EndsWith(path, ".md") || path == ".bazelrc";
    const absl::StatusOr<std::string> content =
        text ? ReadFile(place) : absl::StatusOr<std::string>("");
    if (!content.ok()) return content.status();
    repository.Add(path, *content);
  }
  return repository;
}

Repository Repository::Of(const std::map<std::string, std::string>& files) {
  Repository repository;
  for (const auto& [path, content] : files) repository.Add(path, content);
  return repository;
}

void Repository::Add(const std::string& path, const std::string& content) {
  for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    folders_.insert(path.substr(0, slash));
  }
  if (LastPart(path) == "BUILD") {
    AddTargets(path.size() > 5 ? path.substr(0, path.size() - 6) : "", content);
  }
  if (IsSource(path)) {
    size_t begin = 0;
    for (size_t i = 0; i <= content.size(); ++i) {
      if (i < content.size() && (absl::ascii_isalnum(content[i]) || content[i] == '_')) continue;
      if (i > begin) words_.emplace(content, begin, i - begin);
      begin = i + 1;
    }
  }
  files_[path] = content;
}

void Repository::AddTargets(const std::string& package, std::string_view build_file) {
  std::string rule;
  for (absl::string_view line :
       absl::StrSplit(absl::string_view(build_file.data(), build_file.size()), '\n')) {
    if (!line.empty() && absl::ascii_isalpha(line[0])) {
      rule = std::string(line.substr(0, line.find('(')));
    }
    const size_t name = line.find("name = \"");
    if (name == line.npos || rule == "package" || rule == "load") continue;
    const std::string target = absl::StrCat(
        "//", package, ":", line.substr(name + 8, line.find('"', name + 8) - name - 8));
    targets_.insert(target);
    if (!MakesOneTarget(rule)) macros_.push_back(target + "_");
  }
}

bool Repository::HasFileLike(const std::string& pattern) const {
  for (const auto& [path, content] : files_) {
    if (fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0) return true;
    if (fnmatch(pattern.c_str(), LastPart(path).c_str(), FNM_PATHNAME) == 0) return true;
  }
  return false;
}

bool Repository::HasTarget(const std::string& label) const {
  if (label == "//...") return true;
  if (absl::EndsWith(label, "/...")) return HasFolder(label.substr(2, label.size() - 6));
  const std::string full = FullLabel(label);
  if (absl::EndsWith(full, ":all")) return HasFile(full.substr(2, full.size() - 6) + "/BUILD");
  return targets_.count(full) > 0 ||
         std::any_of(macros_.begin(), macros_.end(),
                     [&](const std::string& macro) { return absl::StartsWith(full, macro); });
}

std::string FullLabel(const std::string& label) {
  if (absl::StrContains(label, ":")) return label;
  return absl::StrCat(label, ":", LastPart(label));
}

}  // namespace gokart::docs
