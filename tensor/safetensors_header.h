// The JSON header of a safetensors file, as text and as data. safetensors.h is what to include.
#ifndef GOKART_TENSOR_SAFETENSORS_HEADER_H_
#define GOKART_TENSOR_SAFETENSORS_HEADER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gokart {

/// What a header says about one tensor, not yet checked against anything else.
struct SafetensorsHeaderEntry {
  std::string name;
  std::string dtype;
  std::vector<uint64_t> shape;
  uint64_t begin = 0;  ///< of the data, counted from the header's end
  uint64_t end = 0;
};

struct SafetensorsHeader {
  std::vector<SafetensorsHeaderEntry> entries;  ///< in the order of the header
  std::map<std::string, std::string> metadata;
};

/// Parses {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}. Errors say
/// what was expected where: text that is not JSON, other or missing fields, a name or field given
/// twice, numbers that are negative or not whole. Memory is bounded by a multiple of the text's
/// length.
absl::StatusOr<SafetensorsHeader> ParseSafetensorsHeader(absl::string_view json);

/// The inverse, without spaces. Throws std::invalid_argument on a name that is not UTF-8.
std::string FormatSafetensorsHeader(const SafetensorsHeader& header);

}  // namespace gokart

#endif  // GOKART_TENSOR_SAFETENSORS_HEADER_H_
