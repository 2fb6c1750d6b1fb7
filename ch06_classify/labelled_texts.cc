#include "ch06_classify/labelled_texts.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ch02_data/utf8.h"
#include "workshop/csv_reader.h"
#include "workshop/file.h"
#include "workshop/json_file.h"

namespace gokart {
namespace {

constexpr int64_t kMaxBytes = int64_t{1} << 30;
constexpr size_t kMaxClasses = 1000;

absl::Status At(const std::string& source, int64_t line, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(source, ": line ", line, ": ", what));
}

std::string GuessFormat(std::string_view content, const std::string& source) {
  for (const char* format : {"tsv", "csv", "jsonl"}) {
    if (absl::EndsWithIgnoreCase(source, absl::StrCat(".", format))) return format;
  }
  const std::string_view first = content.substr(0, content.find('\n'));
  if (!first.empty() && first.front() == '{') return "jsonl";
  return first.find('\t') != std::string_view::npos ? "tsv" : "csv";
}

// The options with everything that was left open decided.
absl::StatusOr<LabelledTextsOptions> Decide(LabelledTextsOptions o, std::string_view content,
                                            const std::string& source) {
  if (o.format.empty()) o.format = GuessFormat(content, source);
  if (o.format != "tsv" && o.format != "csv" && o.format != "jsonl") {
    return absl::InvalidArgumentError(
        absl::StrCat("format '", o.format, "' is none of tsv, csv, jsonl"));
  }
  if (o.quoting.empty()) o.quoting = o.format == "tsv" ? "pandas" : "strict";
  if (o.quoting != "strict" && o.quoting != "pandas" && o.quoting != "none") {
    return absl::InvalidArgumentError(
        absl::StrCat("quoting '", o.quoting, "' is none of strict, pandas, none"));
  }
  const bool numbered = o.format == "tsv";
  if (o.label_column.empty()) o.label_column = numbered ? "1" : "label";
  if (o.text_column.empty()) o.text_column = numbered ? "2" : "text";
  return o;
}

// The index of a column that was given by its number, or nothing for a name.
std::optional<size_t> NumberedColumn(const std::string& column) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(column, &number) || number < 1) return std::nullopt;
  return static_cast<size_t>(number - 1);
}

absl::StatusOr<size_t> FindColumn(const std::vector<std::string>& header, const std::string& column,
                                  const std::string& source) {
  for (size_t i = 0; i < header.size(); ++i) {
    if (absl::EqualsIgnoreCase(header[i], column)) return i;
  }
  return At(
      source, 1,
      absl::StrCat("no column is named '", column, "'; there are ", absl::StrJoin(header, ", ")));
}

struct Columns {
  size_t label = 0, text = 0;
  bool header = false;
};

absl::StatusOr<Columns> FindColumns(const std::vector<CsvRecord>& records,
                                    const LabelledTextsOptions& options,
                                    const std::string& source) {
  const std::optional<size_t> label = NumberedColumn(options.label_column);
  const std::optional<size_t> text = NumberedColumn(options.text_column);
  if (label.has_value() != text.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": name both columns, or number both: label '", options.label_column,
                     "', text '", options.text_column, "'"));
  }
  if (label.has_value()) return Columns{*label, *text, false};
  const std::vector<std::string> header =
      records.empty() ? std::vector<std::string>() : records[0].fields;
  const absl::StatusOr<size_t> label_index = FindColumn(header, options.label_column, source);
  if (!label_index.ok()) return label_index.status();
  const absl::StatusOr<size_t> text_index = FindColumn(header, options.text_column, source);
  if (!text_index.ok()) return text_index.status();
  return Columns{*label_index, *text_index, true};
}

absl::StatusOr<std::vector<LabelledText>> ParseTable(std::string_view content,
                                                     const std::string& source,
                                                     const LabelledTextsOptions& options) {
  const CsvDialect dialect = {.separator = options.format == "tsv" ? '\t' : ',',
                              .quoting = options.quoting == "none"     ? CsvQuoting::kNone
                                         : options.quoting == "pandas" ? CsvQuoting::kPandas
                                                                       : CsvQuoting::kStrict};
  absl::StatusOr<std::vector<CsvRecord>> records = ReadCsvRecords(content, dialect);
  if (!records.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": ", std::string(records.status().message())));
  }
  const absl::StatusOr<Columns> columns = FindColumns(*records, options, source);
  if (!columns.ok()) return columns.status();
  const size_t needed = std::max(columns->label, columns->text) + 1;
  std::vector<LabelledText> texts;
  for (size_t i = columns->header ? 1 : 0; i < records->size(); ++i) {
    CsvRecord& record = (*records)[i];
    if (record.fields.size() < needed) {
      return At(source, record.line,
                absl::StrCat(record.fields.size(), " fields, at least ", needed, " expected"));
    }
    texts.push_back({.label = std::move(record.fields[columns->label]),
                     .text = record.fields[columns->text],
                     .row = static_cast<int64_t>(texts.size()),
                     .line = record.line});
  }
  return texts;
}

absl::StatusOr<std::string> StringOf(const nlohmann::json& object, const std::string& key,
                                     const std::string& source, int64_t line) {
  for (const auto& [name, value] : object.items()) {
    if (!absl::EqualsIgnoreCase(name, key)) continue;
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer() || value.is_boolean()) return value.dump();
    return At(source, line,
              absl::StrCat("'", name, "' is ", value.type_name(), ", a string expected"));
  }
  return At(source, line, absl::StrCat("the object has no '", key, "'"));
}

// JSON in a line of its own, with the line's number in errors instead of "line 1, column 24".
absl::StatusOr<nlohmann::json> ParseJsonLine(std::string_view text, const std::string& source,
                                             int64_t line) {
  absl::StatusOr<nlohmann::json> json = ParseJson(text, absl::StrCat(source, ": line ", line));
  if (json.ok()) return json;
  constexpr std::string_view kPlace = "parse error at line 1, ";
  const std::string message(json.status().message());
  const size_t place = message.find(kPlace);
  if (place == std::string::npos) return json;
  return absl::InvalidArgumentError(absl::StrCat(
      source, ": line ", line, ", ",
      message.substr(place + kPlace.size(), message.size() - place - kPlace.size() - 1)));
}

absl::StatusOr<std::vector<LabelledText>> ParseJsonLines(std::string_view content,
                                                         const std::string& source,
                                                         const LabelledTextsOptions& options) {
  std::vector<LabelledText> texts;
  int64_t line_number = 0;
  while (!content.empty()) {
    const std::string_view line = content.substr(0, content.find('\n'));
    content.remove_prefix(std::min(line.size() + 1, content.size()));
    ++line_number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    absl::StatusOr<nlohmann::json> json = ParseJsonLine(line, source, line_number);
    if (!json.ok()) return json.status();
    if (!json->is_object()) return At(source, line_number, "an object expected: {\"label\": ...}");
    absl::StatusOr<std::string> label = StringOf(*json, options.label_column, source, line_number);
    if (!label.ok()) return label.status();
    absl::StatusOr<std::string> text = StringOf(*json, options.text_column, source, line_number);
    if (!text.ok()) return text.status();
    texts.push_back(
        {*std::move(label), *std::move(text), static_cast<int64_t>(texts.size()), line_number});
  }
  return texts;
}

absl::Status CheckTexts(const std::vector<LabelledText>& texts, const std::string& source) {
  if (texts.empty()) return absl::InvalidArgumentError(absl::StrCat(source, ": has no texts"));
  for (const LabelledText& t : texts) {
    if (t.label.empty()) return At(source, t.line, "the label is empty");
    if (absl::StripAsciiWhitespace(t.text).empty()) return At(source, t.line, "the text is empty");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<LabelledText>> ParseLabelledTexts(std::string_view content,
                                                             const std::string& source,
                                                             const LabelledTextsOptions& given) {
  if (content.substr(0, 3) == "\xef\xbb\xbf") content.remove_prefix(3);  // a byte order mark
  if (const std::optional<size_t> invalid = FindInvalidUtf8(content)) {
    const std::string_view before = content.substr(0, *invalid);
    const size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": line ", std::count(before.begin(), before.end(), '\n') + 1,
                     ", column ", *invalid - line_begin + 1, ": not UTF-8"));
  }
  const absl::StatusOr<LabelledTextsOptions> options = Decide(given, content, source);
  if (!options.ok()) return options.status();
  absl::StatusOr<std::vector<LabelledText>> texts = options->format == "jsonl"
                                                        ? ParseJsonLines(content, source, *options)
                                                        : ParseTable(content, source, *options);
  if (!texts.ok()) return texts.status();
  if (absl::Status s = CheckTexts(*texts, source); !s.ok()) return s;
  return texts;
}

absl::StatusOr<std::vector<LabelledText>> ReadLabelledTexts(const std::string& path,
                                                            const LabelledTextsOptions& options) {
  absl::StatusOr<std::string> content = ReadFile(path, kMaxBytes);
  if (!content.ok()) return content.status();
  return ParseLabelledTexts(*content, path, options);
}

absl::StatusOr<std::vector<std::string>> ClassesOf(const std::vector<LabelledText>& texts,
                                                   const std::string& source) {
  std::set<std::string> labels;
  for (const LabelledText& t : texts) labels.insert(t.label);
  if (labels.size() == 1) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": all texts have the label '",
                                                   *labels.begin(),
                                                   "'; to tell classes apart there must be two"));
  }
  if (labels.size() > kMaxClasses) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": ", labels.size(), " different labels, the first '",
                     labels.begin()->substr(0, 40), "': is that the column of the labels?"));
  }
  return std::vector<std::string>(labels.begin(), labels.end());
}

absl::StatusOr<std::vector<int32_t>> ClassNumbers(const std::vector<LabelledText>& texts,
                                                  const std::vector<std::string>& classes,
                                                  const std::string& source) {
  std::vector<int32_t> numbers;
  for (const LabelledText& t : texts) {
    const auto it = std::find(classes.begin(), classes.end(), t.label);
    if (it == classes.end()) {
      return At(
          source, t.line,
          absl::StrCat("unknown label '", t.label, "'; there are ", absl::StrJoin(classes, ", ")));
    }
    numbers.push_back(static_cast<int32_t>(it - classes.begin()));
  }
  return numbers;
}

}  // namespace gokart
