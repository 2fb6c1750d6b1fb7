// The Debian packages that the project needs, and which of them are installed.

#ifndef GOKART_CH01_SETUP_PACKAGES_H_
#define GOKART_CH01_SETUP_PACKAGES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

struct Package {
  std::string name;
  std::string purpose;
  std::string version;  // empty: not installed
};

/// Those of the project's packages.txt, with the versions that dpkg knows. UNAVAILABLE where there
/// is no dpkg.
absl::StatusOr<std::vector<Package>> ProjectPackages();

/// The lines "name  purpose" of a text like packages.txt; empty lines and those with # are skipped.
std::vector<Package> ParsePackages(const std::string& text);

/// Fills in versions from lines "name TAB version TAB status", as dpkg-query prints them; only the
/// status "installed" counts (packages that were removed leave others).
void FillVersions(const std::string& dpkg_output, std::vector<Package>* packages);

/// The command that installs those without a version; empty if there are none.
std::string InstallCommand(const std::vector<Package>& packages);

}  // namespace gokart

#endif  // GOKART_CH01_SETUP_PACKAGES_H_
