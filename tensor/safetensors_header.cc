#include "tensor/safetensors_header.h"

#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tensor/quote_for_message.h"

namespace gokart {
namespace {

using Json = nlohmann::json;

constexpr char kMetadata[] = "__metadata__";

// Takes the parser's events one by one and knows at each what may come next. That refuses duplicate
// keys, which a JSON object in memory has lost, and never builds what the header may not contain,
// however deeply it is nested. Returning false stops the parser.
class HeaderReader : public nlohmann::json_sax<Json> {
 public:
  SafetensorsHeader header;
  std::string error;  // why the parser was stopped

  bool start_object(size_t) override {
    if (place_ == Place::kStart) return Enter(Place::kTop);
    if (place_ == Place::kMetadataValue) return Enter(Place::kMetadata);
    if (place_ == Place::kTensorValue) return Enter(Place::kTensor);
    return Unexpected("an object");
  }

  bool end_object() override {
    if (place_ == Place::kTensor && seen_ != kAllFields) {
      return Fail("expected dtype, shape and data_offsets");
    }
    const bool was_top = place_ == Place::kTop;
    return Enter(was_top ? Place::kEnd : Place::kTop);
  }

  bool key(std::string& key) override {
    if (place_ == Place::kTop) return Name(key);
    if (place_ == Place::kTensor) return Field(key);
    metadata_key_ = key;  // the parser sends keys within objects only: this is the metadata
    if (header.metadata.contains(key)) {
      return Fail(absl::StrCat("key ", QuoteForMessage(key), " is given twice"));
    }
    return Enter(Place::kMetadataString);
  }

  bool string(std::string& value) override {
    if (place_ == Place::kMetadataString) {
      header.metadata[metadata_key_] = value;
      return Enter(Place::kMetadata);
    }
    if (place_ == Place::kDType) {
      header.entries.back().dtype = value;
      return Enter(Place::kTensor);
    }
    return Unexpected(absl::StrCat("the string ", QuoteForMessage(value)));
  }

  bool start_array(size_t) override {
    if (place_ == Place::kShapeValue) return Enter(Place::kShape);
    if (place_ == Place::kOffsetsValue) return Enter(Place::kOffsetsBegin);
    return Unexpected("an array");
  }

  bool end_array() override {
    if (place_ == Place::kOffsetsBegin || place_ == Place::kOffsetsEnd) {
      return Unexpected("the array's end");
    }
    return Enter(Place::kTensor);
  }

  bool number_unsigned(uint64_t value) override {
    if (place_ == Place::kShape) {
      header.entries.back().shape.push_back(value);
      return true;
    }
    if (place_ == Place::kOffsetsBegin) {
      header.entries.back().begin = value;
      return Enter(Place::kOffsetsEnd);
    }
    if (place_ == Place::kOffsetsEnd) {
      header.entries.back().end = value;
      return Enter(Place::kOffsetsDone);
    }
    return Unexpected(absl::StrCat("the number ", value));
  }

  bool number_integer(int64_t value) override {
    return Unexpected(absl::StrCat("the number ", value));
  }
  bool number_float(double, const std::string& text) override {
    return Unexpected(absl::StrCat("the number ", QuoteForMessage(text)));
  }
  bool null() override { return Unexpected("null"); }
  bool boolean(bool value) override { return Unexpected(value ? "true" : "false"); }
  bool binary(Json::binary_t&) override { return Unexpected("binary data"); }

  bool parse_error(size_t position, const std::string&, const Json::exception&) override {
    // Counted by the parser from 1; the header follows 8 bytes of length.
    error = absl::StrCat("offset ", 7 + position, ": the header is not valid JSON");
    return false;
  }

 private:
  enum class Place {  // what comes next
    kStart,           // the header
    kTop,             // a name
    kMetadataValue,   // the object of the metadata
    kMetadata,        // a key in it
    kMetadataString,  // its value
    kTensorValue,     // the object of a tensor
    kTensor,          // a field's name in it, whose value is next:
    kDType,
    kShapeValue,
    kShape,  // a dimension
    kOffsetsValue,
    kOffsetsBegin,
    kOffsetsEnd,
    kOffsetsDone,  // nothing but the array's end
    kEnd,
  };
  static constexpr int kAllFields = 7;  // dtype 1, shape 2, data_offsets 4

  bool Enter(Place place) {
    place_ = place;
    return true;
  }

  bool Name(const std::string& name) {
    if (!names_.insert(name).second) {
      return Fail(absl::StrCat("name ", QuoteForMessage(name), " is given twice"));
    }
    if (name == kMetadata) return Enter(Place::kMetadataValue);
    header.entries.emplace_back().name = name;
    seen_ = 0;
    return Enter(Place::kTensorValue);
  }

  bool Field(const std::string& field) {
    if (field == "dtype") return Take(1, Place::kDType, field);
    if (field == "shape") return Take(2, Place::kShapeValue, field);
    if (field == "data_offsets") return Take(4, Place::kOffsetsValue, field);
    return Fail(
        absl::StrCat("expected dtype, shape and data_offsets, found ", QuoteForMessage(field)));
  }

  bool Take(int bit, Place place, const std::string& field) {
    if (seen_ & bit) return Fail(absl::StrCat(field, " is given twice"));
    seen_ |= bit;
    return Enter(place);
  }

  std::string Expected() const {
    switch (place_) {
      case Place::kStart:
      case Place::kMetadataValue:
      case Place::kTensorValue:
        return "an object";
      case Place::kMetadataString:
      case Place::kDType:
        return "a string";
      case Place::kShapeValue:
        return "an array as shape";
      case Place::kShape:
        return "a whole number >= 0 as dimension";
      default:
        return "two whole numbers >= 0 as data_offsets";
    }
  }

  bool Unexpected(const std::string& found) {
    return Fail(absl::StrCat("expected ", Expected(), ", found ", found));
  }

  bool Fail(const std::string& what) {
    const bool in_metadata = place_ == Place::kMetadataValue || place_ == Place::kMetadata ||
                             place_ == Place::kMetadataString;
    const bool in_tensor = !in_metadata && place_ != Place::kStart && place_ != Place::kTop;
    const std::string where =
        in_metadata ? std::string(kMetadata)
        : in_tensor ? absl::StrCat("tensor ", QuoteForMessage(header.entries.back().name))
                    : std::string("header");
    error = absl::StrCat(where, ": ", what);
    return false;
  }

  Place place_ = Place::kStart;
  int seen_ = 0;  // fields of the current tensor
  std::string metadata_key_;
  std::set<std::string> names_;
};

}  // namespace

absl::StatusOr<SafetensorsHeader> ParseSafetensorsHeader(absl::string_view json) {
  HeaderReader reader;
  if (!Json::sax_parse(json.begin(), json.end(), &reader)) {
    return absl::DataLossError(reader.error);
  }
  return std::move(reader.header);
}

std::string FormatSafetensorsHeader(const SafetensorsHeader& header) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!header.metadata.empty()) json[kMetadata] = header.metadata;
  std::string text;
  try {
    text = json.dump();
    text.pop_back();
    for (const SafetensorsHeaderEntry& e : header.entries) {
      nlohmann::ordered_json fields;
      fields["dtype"] = e.dtype;
      fields["shape"] = e.shape;
      fields["data_offsets"] = {e.begin, e.end};
      const char* comma = text.size() > 1 ? "," : "";
      absl::StrAppend(&text, comma, Json(e.name).dump(), ":", fields.dump());
    }
  } catch (const Json::exception&) {
    throw std::invalid_argument("WriteSafetensors: a name or the metadata is not UTF-8");
  }
  return text + "}";
}

}  // namespace gokart
