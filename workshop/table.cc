#include "workshop/table.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "workshop/csv_file.h"
#include "workshop/section.h"
#include "workshop/text_width.h"

namespace gokart {
namespace {

constexpr int kGap = 2;
constexpr int kNarrowestLastColumn = 20;  // narrower than this, wrapping is worse than a long line

size_t DigitsAt(std::string_view text, size_t begin) {
  const size_t end = text.find_first_not_of("0123456789,", begin);
  return (end == std::string_view::npos ? text.size() : end) - begin;
}

// A number, perhaps with a sign or "~" before it and a unit behind: "-1.5", "124,439,808", "497.8
// MB", "3.1k", "80%"; but not "1.2.3-4" or "4:12".
bool LooksNumeric(std::string_view cell) {
  if (cell.empty() || cell == "-") return true;
  size_t at = std::min(cell.find_first_not_of("+-<>~"), cell.size());
  size_t digits = DigitsAt(cell, at);
  at += digits;
  if (at < cell.size() && cell[at] == '.') {
    const size_t decimals = DigitsAt(cell, at + 1);
    digits += decimals;
    at += 1 + decimals;
  }
  if (digits == 0) return false;
  const unsigned char next = at < cell.size() ? cell[at] : ' ';
  return next == ' ' || next == '%' || std::isalpha(next) || next >= 0x80;  // 0x80: such as a µ
}

void TrimRight(std::string* line) { line->resize(line->find_last_not_of(' ') + 1); }

}  // namespace

Table::Table(std::vector<std::string> columns) : columns_(std::move(columns)) {}

void Table::AddRow(std::vector<std::string> cells) {
  if (cells.size() != columns_.size()) {
    throw std::invalid_argument(
        absl::StrCat("Table::AddRow: ", cells.size(), " cells for ", columns_.size(), " columns"));
  }
  rows_.push_back(std::move(cells));
}

bool Table::IsNumeric(size_t column) const {
  bool any_digit = false;
  for (const auto& row : rows_) {
    if (!LooksNumeric(row[column])) return false;
    any_digit |= row[column].find_first_of("0123456789") != std::string::npos;
  }
  return any_digit;
}

std::vector<int> Table::ColumnWidths() const {
  std::vector<int> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    int width = DisplayWidth(columns_[c]);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[c]));
    widths.push_back(width);
  }
  return widths;
}

std::string Table::ToText(int max_width) const {
  if (columns_.empty()) return "";
  std::vector<int> widths = ColumnWidths();
  const size_t last = columns_.size() - 1;
  int margin = 0;  // where the last column starts
  for (size_t c = 0; c < last; ++c) margin += widths[c] + kGap;
  const int room = std::max(kNarrowestLastColumn, max_width - margin);
  const bool wrap = max_width > 0 && !IsNumeric(last) && widths[last] > room;
  if (wrap) widths[last] = room;

  std::string text;
  auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (size_t c = 0; c < cells.size(); ++c) {
      line += IsNumeric(c) ? PadLeft(cells[c], widths[c]) : PadRight(cells[c], widths[c]);
      if (c < last) line += std::string(kGap, ' ');
    }
    TrimRight(&line);
    absl::StrAppend(&text, line, "\n");
  };
  auto add_row = [&](std::vector<std::string> cells) {
    if (!wrap) return add_line(cells);
    const std::string wrapped = WrapText(cells[last], room);
    for (absl::string_view part : absl::StrSplit(wrapped, '\n', absl::SkipEmpty())) {
      cells[last] = std::string(part);
      add_line(cells);
      cells.assign(cells.size(), "");
    }
    if (wrapped.empty()) add_line(cells);
  };

  add_row(columns_);
  std::vector<std::string> rules;
  for (int width : widths) {
    std::string rule;
    for (int i = 0; i < width; ++i) rule += "─";
    rules.push_back(rule);
  }
  add_line(rules);
  for (const auto& row : rows_) add_row(row);
  return text;
}

std::string Table::ToCsv() const {
  std::string text = CsvLine(columns_) + "\n";
  for (const auto& row : rows_) absl::StrAppend(&text, CsvLine(row), "\n");
  return text;
}

std::string Table::ToMarkdown() const {
  std::string text;
  auto add_line = [&](const std::vector<std::string>& cells) {
    text += "|";
    for (const auto& cell : cells) {
      absl::StrAppend(&text, " ", absl::StrReplaceAll(cell, {{"|", "\\|"}, {"\n", "<br>"}}), " |");
    }
    text += "\n";
  };
  add_line(columns_);
  std::vector<std::string> rules;
  for (size_t c = 0; c < columns_.size(); ++c) rules.push_back(IsNumeric(c) ? "---:" : "---");
  add_line(rules);
  for (const auto& row : rows_) add_line(row);
  return text;
}

}  // namespace gokart
