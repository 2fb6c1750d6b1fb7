// Gets assets of the table into the asset folder.

#ifndef GOKART_WORKSHOP_ASSET_DOWNLOAD_H_
#define GOKART_WORKSHOP_ASSET_DOWNLOAD_H_

#include <string>

#include "absl/status/status.h"
#include "workshop/asset_table.h"
#include "workshop/download.h"

namespace gokart {

/// Whether the file at `path` is the asset's: its size, checksum and format, as far as they are
/// known. NOT_FOUND if it is not there.
absl::Status CheckAssetFile(const AssetFile& file, const std::string& path);

/// Downloads, checks and unpacks one file to `path`, whether or not it is there.
absl::Status DownloadAssetFile(const AssetFile& file, const std::string& path,
                               const DownloadOptions& options = {});

/// How much of an asset is in the asset folder: only looks at names and sizes, so it is quick.
enum class AssetState { kMissing, kIncomplete, kPresent };
AssetState StateOf(const Asset& asset);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_ASSET_DOWNLOAD_H_
