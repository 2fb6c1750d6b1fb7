// JSON from files of others, read with more care than the JSON library takes by itself.
//
//   absl::StatusOr<nlohmann::json> config = ParseStrictly(text, "config.json");
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_STRICT_JSON_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_STRICT_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace gokart {

/// Parses text that is an object. Errors name `path` and the offset: text that is not JSON, a key
/// given twice (the library would silently take the last one), objects and arrays nested more than
/// 32 deep.
absl::StatusOr<nlohmann::json> ParseStrictly(std::string_view text, const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_STRICT_JSON_H_
