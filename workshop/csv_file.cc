#include "workshop/csv_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "workshop/csv_reader.h"
#include "workshop/file.h"

namespace gokart {
namespace {

std::string CsvField(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i)
    absl::StrAppend(&line, i > 0 ? "," : "", CsvField(fields[i]));
  return line;
}

absl::StatusOr<std::vector<CsvFile::Row>> ParseCsv(const std::string& text) {
  absl::StatusOr<std::vector<CsvRecord>> records = ReadCsvRecords(text);
  if (!records.ok()) return records.status();
  std::vector<CsvFile::Row> rows;
  for (CsvRecord& record : *records) rows.push_back(std::move(record.fields));
  return rows;
}

absl::StatusOr<CsvFile> CsvFile::Create(const std::string& path, const Row& columns) {
  if (absl::Status status = WriteFile(path, CsvLine(columns) + "\n"); !status.ok()) return status;
  return OpenAtEnd(path, columns.size());
}

absl::StatusOr<CsvFile> CsvFile::Continue(const std::string& path, const Row& columns,
                                          const std::function<bool(const Row&)>& keep) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return Create(path, columns);
  if (!text.ok()) return text.status();
  text->resize(text->find_last_of('\n') + 1);  // npos + 1 is 0: not one whole line

  absl::StatusOr<std::vector<Row>> rows = ParseCsv(*text);
  if (!rows.ok())
    return absl::DataLossError(absl::StrCat(path, ": ", std::string(rows.status().message())));
  if (rows->empty()) return Create(path, columns);
  if (rows->front() != columns) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": its columns are '",
                                                      CsvLine(rows->front()), "', expected '",
                                                      CsvLine(columns), "'"));
  }
  std::string kept = CsvLine(columns) + "\n";
  for (size_t i = 1; i < rows->size(); ++i) {
    if (keep == nullptr || keep((*rows)[i])) absl::StrAppend(&kept, CsvLine((*rows)[i]), "\n");
  }
  if (absl::Status status = WriteFile(path, kept); !status.ok()) return status;
  return OpenAtEnd(path, columns.size());
}

absl::StatusOr<CsvFile> CsvFile::OpenAtEnd(const std::string& path, size_t num_columns) {
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus("cannot append to " + path, errno);
  return CsvFile(path, fd, num_columns);
}

CsvFile::CsvFile(std::string path, int fd, size_t num_columns)
    : path_(std::move(path)), fd_(fd), num_columns_(num_columns) {}

CsvFile::CsvFile(CsvFile&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      num_columns_(other.num_columns_) {}

CsvFile& CsvFile::operator=(CsvFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(num_columns_, other.num_columns_);
  return *this;
}

CsvFile::~CsvFile() {
  if (fd_ >= 0) close(fd_);
}

absl::Status CsvFile::AddRow(const Row& fields) {
  if (fields.size() != num_columns_) {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ": a row has ", fields.size(), " fields, the header ", num_columns_));
  }
  const std::string line = CsvLine(fields) + "\n";
  ssize_t written;
  do {
    written = write(fd_, line.data(), line.size());
  } while (written < 0 && errno == EINTR);
  if (written < 0) return ErrnoStatus("cannot append to " + path_, errno);
  if (written < static_cast<ssize_t>(line.size()))
    return ErrnoStatus("cannot append to " + path_, ENOSPC);
  return absl::OkStatus();
}

}  // namespace gokart
