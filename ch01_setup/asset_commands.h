// The subcommands `list` and `download` of chapter 1.

#ifndef GOKART_CH01_SETUP_ASSET_COMMANDS_H_
#define GOKART_CH01_SETUP_ASSET_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace gokart {

/// Prints the table of assets; with names, all that is known of each of these.
absl::Status ListAssets(const std::vector<std::string>& names);

/// Downloads each named asset into the asset folder; what is there already is checked instead.
absl::Status DownloadAssets(const std::vector<std::string>& names);

}  // namespace gokart

#endif  // GOKART_CH01_SETUP_ASSET_COMMANDS_H_
