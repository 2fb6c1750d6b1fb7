#include "ch05_pretrain/weights/strict_json.h"

#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tensor/quote_for_message.h"
#include "workshop/json_file.h"

namespace gokart {
namespace {

using nlohmann::json;

// Looks at the parser's events. Returning false stops the parser.
class KeyChecker : public nlohmann::json_sax<json> {
 public:
  std::string error;

  bool start_object(size_t) override { return Open(); }
  bool start_array(size_t) override { return Open(); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(std::string& key) override {
    if (keys_.back().insert(key).second) return true;
    error = absl::StrCat("the key ", QuoteForMessage(key), " is given twice");
    return false;
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(int64_t) override { return true; }
  bool number_unsigned(uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(json::binary_t&) override { return true; }
  bool parse_error(size_t, const std::string&, const json::exception&) override { return false; }

 private:
  bool Open() {
    keys_.emplace_back();
    return true;
  }
  bool Close() {
    keys_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> keys_;  // of the objects (and arrays) that are open
};

}  // namespace

absl::StatusOr<json> ParseStrictly(std::string_view text, const std::string& path) {
  absl::StatusOr<json> parsed = ParseJson(text, path);
  if (!parsed.ok()) return parsed;
  KeyChecker checker;
  if (!json::sax_parse(text.begin(), text.end(), &checker)) {
    return absl::DataLossError(absl::StrCat(path, ": ", checker.error));
  }
  if (parsed->is_object()) return parsed;
  return absl::DataLossError(absl::StrCat(path, ": an object {...} expected"));
}

}  // namespace gokart
