// A table that prints aligned for people, and as CSV or Markdown for files.
//
//     Table table({"model", "parameters"});
//     table.AddRow({"gpt2-small", "124,439,808"});
//     std::cout << table.ToText();
//
//     model        parameters
//     ──────────  ───────────
//     gpt2-small  124,439,808

#ifndef GOKART_WORKSHOP_TABLE_H_
#define GOKART_WORKSHOP_TABLE_H_

#include <string>
#include <vector>

namespace gokart {

/// Columns of numbers (with units or without; "-" and empty cells do not count) are aligned to the
/// right.
class Table {
 public:
  explicit Table(std::vector<std::string> columns);

  /// Throws std::invalid_argument unless there is one cell per column.
  void AddRow(std::vector<std::string> cells);

  size_t num_rows() const { return rows_.size(); }

  /// Columns padded by what a terminal shows (UTF-8, wide characters), two spaces between them, no
  /// spaces at line ends. Where that is wider than `max_width` (0: no limit), the text of the last
  /// column continues on further lines.
  std::string ToText(int max_width = 0) const;
  std::string ToCsv() const;
  std::string ToMarkdown() const;

 private:
  bool IsNumeric(size_t column) const;
  std::vector<int> ColumnWidths() const;

  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace gokart

#endif  // GOKART_WORKSHOP_TABLE_H_
