// A JSON object whose values are ids, such as encoder.json, read without building a tree of it.
//
//     absl::StatusOr<std::vector<std::string>> names = ParseIdTable("{\"a\": 1, \"b\": 0}");
//     // {"b", "a"}

#ifndef GOKART_CH02_DATA_ID_TABLE_JSON_H_
#define GOKART_CH02_DATA_ID_TABLE_JSON_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart {

/// The names in the order of their ids, which must be 0, 1, 2, ... without a gap or repetition in
/// any order. Errors tell the byte of a syntax error, or the name or id that is wrong.
absl::StatusOr<std::vector<std::string>> ParseIdTable(std::string_view json);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_ID_TABLE_JSON_H_
