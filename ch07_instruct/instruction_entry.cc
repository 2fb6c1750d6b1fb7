#include "ch07_instruct/instruction_entry.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "workshop/file.h"
#include "workshop/json_file.h"

namespace gokart {
namespace {

using Json = nlohmann::ordered_json;
constexpr int64_t kLargestFile = int64_t{1} << 30;

// Walks over a text and counts its lines, so that an entry can be told by its line.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, int64_t* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    *line_ += *at_ == '\n';
    ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  int64_t* line_;
};

// "line 3, column 7" of an offset.
std::string Place(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const size_t line_begin =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return absl::StrCat("line ", std::count(before.begin(), before.end(), '\n') + 1, ", column ",
                      before.size() - line_begin + 1);
}

struct ParsedList {
  Json list;
  std::vector<int64_t> lines;  // where each object of the list begins
};

absl::StatusOr<ParsedList> ParseList(std::string_view text, const std::string& source) {
  ParsedList parsed;
  int64_t line = 1;
  const auto note_objects = [&](int depth, Json::parse_event_t event, Json&) {
    if (depth > kMaxJsonDepth) throw std::length_error("deeper than a list of entries is");
    if (depth == 1 && event == Json::parse_event_t::object_start) parsed.lines.push_back(line);
    return true;
  };
  try {
    parsed.list = Json::parse(CountingIterator(text.data(), &line),
                              CountingIterator(text.data() + text.size(), &line), note_objects);
  } catch (const Json::parse_error& e) {
    std::string what = e.what();
    // It quotes what it read last, which here is no text that could be shown.
    if (what.find("ill-formed UTF-8") != std::string::npos) what.erase(what.find("; last read"));
    const size_t detail = what.find("syntax error");
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": ", Place(text, e.byte > 0 ? e.byte - 1 : 0),
                     ": no JSON: ", detail == std::string::npos ? what : what.substr(detail)));
  } catch (const std::length_error& e) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": line ", line, ": lists in lists, ", e.what()));
  }
  if (!parsed.list.is_array()) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": a JSON list of entries expected, found ", parsed.list.type_name()));
  }
  for (size_t i = 0; i < parsed.list.size(); ++i) {
    if (!parsed.list[i].is_object()) {
      return absl::InvalidArgumentError(absl::StrCat(
          source, ": entry ", i, ": an object expected, found ", parsed.list[i].type_name()));
    }
  }
  return parsed;
}

// Takes the text of a field out of `object`; what is left are other fields.
absl::StatusOr<std::string> TakeText(Json& object, const std::string& field, bool needed,
                                     const std::string& where) {
  const auto found = object.find(field);
  if (found == object.end()) {
    if (!needed) return std::string();
    return absl::InvalidArgumentError(absl::StrCat(where, ": has no \"", field, "\""));
  }
  if (!found->is_string()) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": its \"", field, "\" must be a text, but is a ", found->type_name()));
  }
  std::string text = found->get<std::string>();
  if (needed && text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": its \"", field, "\" is empty"));
  }
  object.erase(found);
  return text;
}

absl::StatusOr<InstructionEntry> MakeEntry(Json object, const std::vector<std::string>& needed,
                                           const std::string& where) {
  const auto is_needed = [&](const std::string& field) {
    return std::find(needed.begin(), needed.end(), field) != needed.end();
  };
  for (const std::string& field : needed) {  // those that become no member
    Json copy = object;
    if (auto text = TakeText(copy, field, true, where); !text.ok()) return text.status();
  }
  InstructionEntry entry;
  const std::pair<const char*, std::string*> members[] = {{"instruction", &entry.instruction},
                                                          {"input", &entry.input},
                                                          {"output", &entry.output},
                                                          {"task", &entry.task}};
  for (const auto& [field, member] : members) {
    const bool must = field == std::string("instruction") || is_needed(field);
    absl::StatusOr<std::string> text = TakeText(object, field, must, where);
    if (!text.ok()) return text.status();
    *member = *std::move(text);
  }
  entry.extra = std::move(object);
  return entry;
}

}  // namespace

std::string InstructionEntry::Extra(const std::string& field) const {
  const auto found = extra.find(field);
  return found == extra.end() || !found->is_string() ? "" : found->get<std::string>();
}

absl::StatusOr<std::vector<InstructionEntry>> ParseInstructions(
    std::string_view json, const std::string& source, const std::vector<std::string>& needed) {
  absl::StatusOr<ParsedList> parsed = ParseList(json, source);
  if (!parsed.ok()) return parsed.status();
  std::vector<InstructionEntry> entries;
  entries.reserve(parsed->list.size());
  for (size_t i = 0; i < parsed->list.size(); ++i) {
    const std::string where = absl::StrCat(source, ": entry ", i, " (line ", parsed->lines[i], ")");
    absl::StatusOr<InstructionEntry> entry = MakeEntry(std::move(parsed->list[i]), needed, where);
    if (!entry.ok()) return entry.status();
    entries.push_back(*std::move(entry));
  }
  if (entries.empty()) return absl::InvalidArgumentError(absl::StrCat(source, ": has no entries"));
  return entries;
}

absl::StatusOr<std::vector<InstructionEntry>> ReadInstructions(
    const std::string& path, const std::vector<std::string>& needed) {
  absl::StatusOr<std::string> text = ReadFile(path, kLargestFile);
  if (!text.ok()) return text.status();
  return ParseInstructions(*text, path, needed);
}

std::string InstructionsToJson(const std::vector<InstructionEntry>& entries) {
  Json list = Json::array();
  for (const InstructionEntry& entry : entries) {
    Json object = {
        {"instruction", entry.instruction}, {"input", entry.input}, {"output", entry.output}};
    if (!entry.task.empty()) object["task"] = entry.task;
    for (const auto& [field, value] : entry.extra.items()) object[field] = value;
    list.push_back(std::move(object));
  }
  // A response may end within a character; that one becomes U+FFFD.
  return list.dump(4, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

absl::Status WriteInstructions(const std::string& path,
                               const std::vector<InstructionEntry>& entries) {
  return WriteFile(path, InstructionsToJson(entries));
}

InstructionSplit SplitInstructions(const std::vector<InstructionEntry>& entries) {
  // [exercise 7.1] To train, to test, to validate
  // Task: Cut the entries, in their order: int(n * 0.85) to train, the next int(n * 0.1) to test,
  //       and what is left to validate.
  // Hint: A vector can be made of a range: {begin, end}.
  // Hint: int() rounds down, as static_cast<int64_t> does.
  // Test: //ch07_instruct:instruction_entry_test SplitInstructionsTest.*
  // Read: ch07_instruct/instruction_entry.h

  const auto n = static_cast<double>(entries.size());
  const auto train_end = entries.begin() + static_cast<int64_t>(n * 0.85);
  const auto test_end = train_end + static_cast<int64_t>(n * 0.1);
  return {{entries.begin(), train_end}, {train_end, test_end}, {test_end, entries.end()}};
  // [end of exercise 7.1]
}

}  // namespace gokart
