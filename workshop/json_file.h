// JSON from files that others wrote: bounded in size and depth, with errors that name the place.
//
//     absl::StatusOr<nlohmann::json> config = ReadJsonFile("config.json");
//     if (!config.ok()) return config.status();   // "config.json: byte 17: no valid JSON (...)"
#ifndef GOKART_WORKSHOP_JSON_FILE_H_
#define GOKART_WORKSHOP_JSON_FILE_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace gokart {

/// Arrays and objects inside each other, beyond which nothing useful is written, but a reader that
/// calls itself would run out of stack.
inline constexpr int kMaxJsonDepth = 64;

/// `text` as JSON; `source` begins the errors: no valid JSON, with the byte; deeper than
/// `max_depth`.
absl::StatusOr<nlohmann::json> ParseJson(std::string_view text, const std::string& source,
                                         int max_depth = kMaxJsonDepth);

/// The whole file as JSON. Errors: those of ReadFile and ParseJson.
absl::StatusOr<nlohmann::json> ReadJsonFile(const std::string& path,
                                            int64_t max_bytes = int64_t{64} << 20,
                                            int max_depth = kMaxJsonDepth);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_JSON_FILE_H_
