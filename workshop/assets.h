// Where downloaded files lie on this machine, and which files there are to download.
//
//     absl::StatusOr<std::string> text = ReadFile(AssetPath("gpt2/vocab.bpe"));

#ifndef GOKART_WORKSHOP_ASSETS_H_
#define GOKART_WORKSHOP_ASSETS_H_

#include <string>

namespace gokart {

/// The asset folder: $GOKART_ASSETS, else $XDG_CACHE_HOME/gokart/assets, else
/// ~/.cache/gokart/assets (the home folder from $HOME or, as in Bazel's tests, from the user
/// database).
std::string AssetFolder();

/// Path of a file in the asset folder, whether it is there or not.
std::string AssetPath(const std::string& name);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_ASSETS_H_
