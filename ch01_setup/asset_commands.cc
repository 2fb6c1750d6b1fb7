#include "ch01_setup/asset_commands.h"

#include <unistd.h>

#include <cstdio>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "workshop/asset_download.h"
#include "workshop/asset_table.h"
#include "workshop/assets.h"
#include "workshop/human.h"
#include "workshop/nearest_name.h"
#include "workshop/section.h"
#include "workshop/table.h"
#include "workshop/terminal.h"

namespace gokart {
namespace {

absl::StatusOr<std::vector<const Asset*>> Find(const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const Asset& asset : Assets()) known.push_back(asset.name);
  std::vector<const Asset*> found;
  for (const std::string& name : names) {
    const Asset* asset = FindAsset(name);
    if (asset == nullptr) {
      const std::string nearest = NearestName(name, known);
      return absl::NotFoundError(
          absl::StrCat("unknown asset '", name, "'; ",
                       nearest.empty() ? "`list` shows all" : "did you mean " + nearest + "?"));
    }
    found.push_back(asset);
  }
  return found;
}

std::string StateText(const Asset& asset) {
  switch (StateOf(asset)) {
    case AssetState::kPresent:
      return "here";
    case AssetState::kIncomplete:
      return "partly";
    case AssetState::kMissing:
      break;
  }
  return "-";
}

void PrintTable(const Table& table) {
  std::fputs(table.ToText(TerminalWidth(STDOUT_FILENO)).c_str(), stdout);
}

void ListAll() {
  Table table({"name", "size", "state", "licence", "what for"});
  Table addresses({"name", "address"});
  for (const Asset& asset : Assets()) {
    table.AddRow({asset.name, FormatBytes(asset.about_bytes), StateText(asset), asset.license,
                  asset.purpose});
    for (const AssetFile& file : asset.files) {
      addresses.AddRow({&file == &asset.files.front() ? asset.name : "", file.urls.front()});
    }
  }
  PrintTable(table);
  std::printf("\nThe asset folder is %s\n\n", AssetFolder().c_str());
  std::fputs(addresses.ToText().c_str(), stdout);  // addresses are copied, so never broken
}

void Describe(const Asset& asset) {
  std::printf("%s: %s\n  licence  %s\n  size     about %s\n  state    %s\n", asset.name.c_str(),
              asset.purpose.c_str(), asset.license.c_str(), FormatBytes(asset.about_bytes).c_str(),
              StateText(asset).c_str());
  for (const AssetFile& file : asset.files) {
    std::printf("  file     %s\n", AssetPath(file.path).c_str());
    for (const std::string& url : file.urls) std::printf("    from   %s\n", url.c_str());
    if (!file.sha256.empty()) {
      std::printf("    sha256 %s\n", file.sha256.c_str());
    } else if (file.size > 0) {
      std::printf("    size   %s bytes\n", FormatCount(file.size).c_str());
    } else {
      std::printf("    no checksum is known: checked by its format\n");
    }
  }
}

absl::Status DownloadOne(const Asset& asset) {
  for (const AssetFile& file : asset.files) {
    const std::string path = AssetPath(file.path);
    const absl::Status there = CheckAssetFile(file, path);
    if (there.ok()) {
      std::printf("%s: there already, and right: %s\n", asset.name.c_str(), path.c_str());
      continue;
    }
    if (!absl::IsNotFound(there)) {
      std::printf("%s: not as it should be (%s); downloading it again\n", asset.name.c_str(),
                  std::string(there.message()).c_str());
    }
    std::fflush(stdout);
    if (absl::Status status = DownloadAssetFile(file, path); !status.ok()) return status;
    std::printf("%s: %s\n", asset.name.c_str(), path.c_str());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ListAssets(const std::vector<std::string>& names) {
  const absl::StatusOr<std::vector<const Asset*>> assets = Find(names);
  if (!assets.ok()) return assets.status();
  if (assets->empty()) ListAll();
  for (const Asset* asset : *assets) Describe(*asset);
  return absl::OkStatus();
}

absl::Status DownloadAssets(const std::vector<std::string>& names) {
  if (names.empty())
    return absl::InvalidArgumentError("download what? Give one or more names; `list` shows them");
  const absl::StatusOr<std::vector<const Asset*>> assets = Find(names);
  if (!assets.ok()) return assets.status();
  for (const Asset* asset : *assets) {
    if (absl::Status status = DownloadOne(*asset); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace gokart
