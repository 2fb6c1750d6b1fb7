#include "workshop/csv_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

class CsvReader {
 public:
  CsvReader(std::string_view text, const CsvDialect& dialect)
      : text_(text), dialect_(dialect), stop_{dialect.separator, '\r', '\n'} {}

  absl::StatusOr<std::vector<CsvRecord>> Read() {
    std::vector<CsvRecord> records;
    while (at_ < text_.size()) {
      if (dialect_.quoting != CsvQuoting::kStrict && TakeLineEnd()) continue;
      CsvRecord record = {.fields = {}, .line = line_};
      for (bool more = true; more;) {
        absl::StatusOr<std::string> field = NextField();
        if (!field.ok()) return field.status();
        record.fields.push_back(*std::move(field));
        more = at_ < text_.size() && text_[at_] == dialect_.separator;
        if (more) ++at_;
      }
      TakeLineEnd();
      records.push_back(std::move(record));
    }
    return records;
  }

 private:
  absl::StatusOr<std::string> NextField() {
    const bool quoted = dialect_.quoting != CsvQuoting::kNone && Peek() == '"';
    return quoted ? QuotedField() : std::string(PlainRest());
  }

  // What stands before the next separator or line end.
  std::string_view PlainRest() {
    const size_t begin = at_;
    at_ = std::min(text_.find_first_of(stop_, at_), text_.size());
    return text_.substr(begin, at_ - begin);
  }

  absl::StatusOr<std::string> QuotedField() {
    const int64_t first_line = line_, first_column = Column();
    std::string field;
    ++at_;
    while (at_ < text_.size()) {
      const char c = Take();
      if (c != '"') {
        field += c;
      } else if (Peek() == '"') {
        field += Take();
      } else if (at_ == text_.size() || stop_.find(text_[at_]) != std::string::npos) {
        return field;
      } else if (dialect_.quoting == CsvQuoting::kPandas) {
        return field + std::string(PlainRest());
      } else {
        return absl::DataLossError(absl::StrCat("line ", line_, ", column ", Column(),
                                                ": text after a closing quote; expected a '",
                                                std::string(1, dialect_.separator), "'"));
      }
    }
    return absl::DataLossError(
        absl::StrCat("line ", first_line, ", column ", first_column, ": a quote is never closed"));
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  char Take() {
    const char c = text_[at_++];
    if (c == '\n') ++line_, line_begin_ = at_;
    return c;
  }

  bool TakeLineEnd() {
    const size_t begin = at_;
    if (Peek() == '\r') Take();
    if (Peek() == '\n') {
      Take();
    } else if (at_ > begin) {  // a lone carriage return
      ++line_, line_begin_ = at_;
    }
    return at_ > begin;
  }

  int64_t Column() const { return static_cast<int64_t>(at_ - line_begin_) + 1; }

  const std::string_view text_;
  const CsvDialect dialect_;
  const std::string stop_;  // what ends a field
  size_t at_ = 0;
  size_t line_begin_ = 0;
  int64_t line_ = 1;
};

}  // namespace

absl::StatusOr<std::vector<CsvRecord>> ReadCsvRecords(std::string_view text,
                                                      const CsvDialect& dialect) {
  return CsvReader(text, dialect).Read();
}

}  // namespace gokart
