// JSON that describes weights: an object in which no key is given twice.
//
//   absl::StatusOr<nlohmann::json> config = ParseStrictly(text, "config.json");
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_STRICT_JSON_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_STRICT_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace gokart {

/// As ParseJson (workshop/json_file.h). Errors also: not an object; a key given twice, of which the
/// JSON library would silently take the last one.
absl::StatusOr<nlohmann::json> ParseStrictly(std::string_view text, const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_STRICT_JSON_H_
