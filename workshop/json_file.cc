#include "workshop/json_file.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "workshop/file.h"

namespace gokart {

absl::StatusOr<nlohmann::json> ParseJson(std::string_view text, const std::string& source,
                                         int max_depth) {
  using Json = nlohmann::json;
  bool too_deep = false;
  const auto keep_shallow = [&](int depth, Json::parse_event_t, Json&) {
    too_deep |= depth > max_depth;
    return !too_deep;
  };
  try {
    Json json = Json::parse(text.begin(), text.end(), keep_shallow);
    if (!too_deep) return json;
  } catch (const Json::parse_error& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": byte ", error.byte, ": no valid JSON (", error.what(), ")"));
  } catch (const Json::exception& error) {  // a number as large as 1e999
    return absl::InvalidArgumentError(absl::StrCat(source, ": ", error.what()));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(source, ": arrays and objects more than ", max_depth, " deep"));
}

absl::StatusOr<nlohmann::json> ReadJsonFile(const std::string& path, int64_t max_bytes,
                                            int max_depth) {
  absl::StatusOr<std::string> text = ReadFile(path, max_bytes);
  if (!text.ok()) return text.status();
  return ParseJson(*text, path, max_depth);
}

}  // namespace gokart
