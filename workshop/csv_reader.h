// Reading of tables in text files, where separators and line breaks part the fields: CSV (RFC 4180)
// and TSV, strictly or as pandas reads them.
//
//     absl::StatusOr<std::vector<CsvRecord>> records = ReadCsvRecords(text, {.separator = '\t'});
//     (*records)[0].fields;   // {"ham", "Ok lar..."}
//     (*records)[0].line;     // 1

#ifndef GOKART_WORKSHOP_CSV_READER_H_
#define GOKART_WORKSHOP_CSV_READER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart {

enum class CsvQuoting {
  /// RFC 4180: a field that begins with a quote ends with one; a quote inside is doubled.
  kStrict,
  /// What pandas' read_csv does by default: as above, but text after a closing quote belongs to the
  /// field. Empty lines are left out.
  kPandas,
  /// Quotes are characters like all others; a record is a line. Empty lines are left out.
  kNone,
};

struct CsvDialect {
  char separator = ',';
  CsvQuoting quoting = CsvQuoting::kStrict;
};

struct CsvRecord {
  std::vector<std::string> fields;
  int64_t line = 0;  ///< where it begins, counted from 1
};

/// All records, the header included. Lines end with LF or CRLF, the last one perhaps with nothing.
/// Errors name line and column (in bytes, from 1): an unclosed quote; with kStrict, text after a
/// closing quote.
absl::StatusOr<std::vector<CsvRecord>> ReadCsvRecords(std::string_view text,
                                                      const CsvDialect& dialect = {});

}  // namespace gokart

#endif  // GOKART_WORKSHOP_CSV_READER_H_
