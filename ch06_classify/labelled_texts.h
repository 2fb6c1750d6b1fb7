// Texts with labels, from TSV, CSV or JSON-lines files (workshop section 6.2).
//
//   absl::StatusOr<std::vector<LabelledText>> texts = ReadLabelledTexts("SMSSpamCollection", {});
//   (*texts)[0];   // {"ham", "Go until jurong point, crazy.. ..."}
#ifndef GOKART_CH06_CLASSIFY_LABELLED_TEXTS_H_
#define GOKART_CH06_CLASSIFY_LABELLED_TEXTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart {

struct LabelledText {
  std::string label;
  std::string text;
  int64_t row = 0;   ///< its number among all rows of the file, from 0; pandas' index
  int64_t line = 0;  ///< where it begins, from 1, for messages
};

struct LabelledTextsOptions {
  /// tsv, csv or jsonl; empty: what the name of the file ends in, else what the first line looks
  /// like.
  std::string format;
  /// How quotes are read in tsv and csv: "strict" (RFC 4180), "pandas" or "none". Empty: strict for
  /// csv, pandas for tsv, as in the workshop.
  std::string quoting;
  /// Columns by name, which the first line must have (or the objects of jsonl), or by number from
  /// 1, without a line of names. Empty: 1 and 2 for tsv, "label" and "text" otherwise. Upper and
  /// lower case are not told apart.
  std::string label_column, text_column;
};

/// Errors begin with the path and name the line, and the column where there is one: no such file,
/// not UTF-8, broken CSV or JSON, a missing column, an empty label or text, nothing at all.
absl::StatusOr<std::vector<LabelledText>> ReadLabelledTexts(const std::string& path,
                                                            const LabelledTextsOptions& options);
/// The same from memory; `source` begins the errors.
absl::StatusOr<std::vector<LabelledText>> ParseLabelledTexts(std::string_view content,
                                                             const std::string& source,
                                                             const LabelledTextsOptions& options);

/// The different labels, sorted: class 0, 1, ... ("ham" is 0 and "spam" 1). Errors begin with
/// `source`: only one; so many that the column can hardly be one of labels.
absl::StatusOr<std::vector<std::string>> ClassesOf(const std::vector<LabelledText>& texts,
                                                   const std::string& source);

/// For each text the number of its label among `classes`. Error: a label that is not among them,
/// with its line.
absl::StatusOr<std::vector<int32_t>> ClassNumbers(const std::vector<LabelledText>& texts,
                                                  const std::vector<std::string>& classes,
                                                  const std::string& source);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_LABELLED_TEXTS_H_
