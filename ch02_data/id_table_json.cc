#include "ch02_data/id_table_json.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace gokart {
namespace {

using Json = nlohmann::json;

// Called back by the parser; returning false ends it.
class IdTableReader : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return Wrong("null"); }
  bool boolean(bool) override { return Wrong("a boolean"); }
  bool number_integer(Json::number_integer_t) override { return Wrong("a negative number"); }
  bool number_unsigned(Json::number_unsigned_t value) override {
    if (!in_object_) return Wrong("a number");
    entries.emplace_back(std::move(key_), value);
    return true;
  }
  bool number_float(Json::number_float_t, const Json::string_t&) override {
    return Wrong("a fraction");
  }
  bool string(Json::string_t&) override { return Wrong("a string"); }
  bool binary(Json::binary_t&) override { return Wrong("binary data"); }
  bool start_object(std::size_t) override {
    if (in_object_) return Wrong("an object");
    return in_object_ = true;
  }
  bool key(Json::string_t& name) override {
    key_ = std::move(name);
    return true;
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return Wrong("an array"); }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&,
                   const Json::exception& error) override {
    status = absl::InvalidArgumentError(
        absl::StrCat("byte ", position, ": no valid JSON (", error.what(), ")"));
    return false;
  }

  std::vector<std::pair<std::string, uint64_t>> entries;
  absl::Status status;

 private:
  bool Wrong(const char* found) {
    status = absl::InvalidArgumentError(
        in_object_ ? absl::StrCat("the token ", key_, ": expected an id, found ", found)
                   : absl::StrCat("expected an object of tokens and ids, found ", found));
    return false;
  }

  bool in_object_ = false;
  std::string key_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseIdTable(std::string_view json) {
  IdTableReader reader;
  Json::sax_parse(json.begin(), json.end(), &reader);
  if (!reader.status.ok()) return reader.status;
  const size_t size = reader.entries.size();
  std::vector<std::string> names(size);
  std::vector<bool> seen(size, false);
  for (auto& [name, id] : reader.entries) {
    if (id >= size) {
      return absl::InvalidArgumentError(absl::StrCat("the token ", name, " has the id ", id,
                                                     ", expected less than ", size,
                                                     ", the number of tokens"));
    }
    if (seen[id]) {
      return absl::InvalidArgumentError(
          absl::StrCat("the tokens ", names[id], " and ", name, " have the same id ", id));
    }
    seen[id] = true;
    names[id] = std::move(name);
  }
  return names;
}

}  // namespace gokart
