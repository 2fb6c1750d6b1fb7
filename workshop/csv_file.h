// A CSV file that grows row by row and can be continued after an interruption: metrics.csv of a
// run.
//
//     absl::StatusOr<CsvFile> metrics = CsvFile::Create("metrics.csv", {"step", "train_loss"});
//     metrics->AddRow({"5", "9.7812"});

#ifndef GOKART_WORKSHOP_CSV_FILE_H_
#define GOKART_WORKSHOP_CSV_FILE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

/// One record in CSV (RFC 4180), without line end: fields with a comma, quote or line break are
/// quoted.
std::string CsvLine(const std::vector<std::string>& fields);

/// Every row reaches the operating system as one write of a whole line, so killing the process
/// loses no row that AddRow returned from and leaves no half line except by a crash of the machine.
class CsvFile {
 public:
  using Row = std::vector<std::string>;

  /// A new file with a header line; an existing one is replaced.
  static absl::StatusOr<CsvFile> Create(const std::string& path, const Row& columns);

  /// Continues a file: checks that its header is `columns`, drops a half-written last line and
  /// every row for which `keep` is false (rows written after the checkpoint that a run resumes
  /// from), and appends. A missing file is created.
  static absl::StatusOr<CsvFile> Continue(const std::string& path, const Row& columns,
                                          const std::function<bool(const Row&)>& keep = nullptr);

  CsvFile(CsvFile&& other) noexcept;
  CsvFile& operator=(CsvFile&& other) noexcept;
  ~CsvFile();

  /// Errors: a number of fields other than that of the header; a full disk.
  absl::Status AddRow(const Row& fields);

 private:
  static absl::StatusOr<CsvFile> OpenAtEnd(const std::string& path, size_t num_columns);
  CsvFile(std::string path, int fd, size_t num_columns);

  std::string path_;
  int fd_ = -1;
  size_t num_columns_ = 0;
};

/// All records of CSV `text`, the header included. Accepts quoted fields, CRLF and a last line
/// without line end. Errors name line and column: an unclosed quote, text after a closing quote.
absl::StatusOr<std::vector<CsvFile::Row>> ParseCsv(const std::string& text);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_CSV_FILE_H_
