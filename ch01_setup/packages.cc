#include "ch01_setup/packages.h"

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "workshop/subprocess.h"

namespace gokart {
namespace {

constexpr char kPackagesText[] =
#include "ch01_setup/packages_text.inc"
    ;  // made of //:packages.txt

}  // namespace

std::vector<Package> ParsePackages(const std::string& text) {
  std::vector<Package> packages;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    packages.push_back(
        {std::string(parts.first), std::string(absl::StripAsciiWhitespace(parts.second)), ""});
  }
  return packages;
}

void FillVersions(const std::string& dpkg_output, std::vector<Package>* packages) {
  std::map<std::string, std::string> versions;
  for (absl::string_view line : absl::StrSplit(dpkg_output, '\n')) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    if (fields.size() == 3 && fields[2] == "installed") versions[fields[0]] = fields[1];
  }
  for (Package& package : *packages) package.version = versions[package.name];
}

absl::StatusOr<std::vector<Package>> ProjectPackages() {
  std::vector<Package> packages = ParsePackages(kPackagesText);
  std::vector<std::string> command = {"dpkg-query", "--show", "--showformat",
                                      "${Package}\\t${Version}\\t${db:Status-Status}\\n"};
  for (const Package& package : packages) command.push_back(package.name);
  const absl::StatusOr<ProcessResult> result = RunProcess(command);
  if (!result.ok()) {
    return absl::UnavailableError(
        "no dpkg here, so what is installed cannot be told; packages.txt lists what is needed");
  }
  FillVersions(result->output, &packages);
  return packages;
}

std::string InstallCommand(const std::vector<Package>& packages) {
  std::string names;
  for (const Package& package : packages) {
    if (package.version.empty()) absl::StrAppend(&names, " ", package.name);
  }
  return names.empty() ? "" : absl::StrCat("sudo apt-get install --no-install-recommends", names);
}

}  // namespace gokart
