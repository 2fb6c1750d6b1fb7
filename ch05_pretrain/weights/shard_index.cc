#include "ch05_pretrain/weights/shard_index.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ch05_pretrain/weights/strict_json.h"
#include "tensor/quote_for_message.h"

namespace gokart {

absl::StatusOr<std::map<std::string, std::string>> ParseShardIndex(std::string_view text,
                                                                   const std::string& path) {
  const absl::StatusOr<nlohmann::json> json = ParseStrictly(text, path);
  if (!json.ok()) return json.status();
  const auto map = json->find("weight_map");
  if (map == json->end() || !map->is_object()) {
    return absl::DataLossError(
        absl::StrCat(path, ": has no object \"weight_map\", as an index of safetensors files has"));
  }
  std::map<std::string, std::string> index;
  for (const auto& [name, file] : map->items()) {
    const std::string shard = file.is_string() ? file.get<std::string>() : "";
    if (shard.empty() || shard == "." || shard == ".." ||
        shard.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos) {
      return absl::DataLossError(absl::StrCat(path, ": tensor ", QuoteForMessage(name), " is in ",
                                              QuoteForMessage(file.is_string() ? shard : "..."),
                                              ", expected the name of a file beside the index"));
    }
    index[name] = shard;
  }
  return index;
}

}  // namespace gokart
