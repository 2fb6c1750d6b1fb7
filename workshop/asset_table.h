// The files that the workshop uses and does not ship: where their publishers offer them, under
// which licence, and how to know that they arrived whole.

#ifndef GOKART_WORKSHOP_ASSET_TABLE_H_
#define GOKART_WORKSHOP_ASSET_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "workshop/file_format.h"

namespace gokart {

struct AssetFile {
  std::string path = {};               // in the asset folder
  std::vector<std::string> urls = {};  // the publisher's address, then backups
  int64_t size = 0;                    // in bytes; 0: not known exactly
  std::string sha256 = {};             // empty: not known
  FileFormat format = FileFormat::kAny;
  /// If not empty, the addresses offer a zip archive with this file in it.
  std::string zip_member = {};
};

struct Asset {
  std::string name = {};
  std::string purpose = {};
  std::string license = {};
  double about_bytes = 0;  // what is downloaded, all files together
  std::vector<AssetFile> files = {};
};

/// All of them, in the order of the chapters that use them.
const std::vector<Asset>& Assets();

/// nullptr if there is none of this name.
const Asset* FindAsset(const std::string& name);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_ASSET_TABLE_H_
