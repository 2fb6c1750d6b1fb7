#include "ch03_attention/token_vectors.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "ch03_attention/example_sentence.h"
#include "tensor/random.h"
#include "workshop/csv_file.h"
#include "workshop/file.h"

namespace gokart {
namespace {

constexpr int64_t kFileLimit = int64_t{64} << 20;

// Names go to the terminal, so nothing in them may control it.
std::string Printable(std::string name) {
  for (char& c : name) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = '?';
  }
  return name;
}

// Appends the numbers of one line.
absl::Status AppendNumbers(const CsvFile::Row& row, const std::string& place,
                           std::vector<float>* values) {
  for (size_t i = 1; i < row.size(); ++i) {
    float value;
    if (!absl::SimpleAtof(row[i], &value) || !std::isfinite(value)) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s: field %d is \"%s\", not a finite number", place, i + 1,
                          Printable(row[i].substr(0, 40))));
    }
    values->push_back(value);
  }
  return absl::OkStatus();
}

}  // namespace

TokenVectors ExampleTokenVectors() { return {ExampleWords(), ExampleInputs()}; }

absl::StatusOr<TokenVectors> ReadTokenVectors(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path, kFileLimit);
  if (!text.ok()) return text.status();
  absl::StatusOr<std::vector<CsvFile::Row>> rows = ParseCsv(*text);
  if (!rows.ok()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s: %s", path, std::string(rows.status().message())));
  }
  if (rows->empty()) return absl::InvalidArgumentError(path + ": no tokens in it");
  const size_t num_fields = rows->front().size();
  TokenVectors result;
  std::vector<float> values;
  for (const CsvFile::Row& row : *rows) {
    result.tokens.push_back(Printable(row[0]));
    const std::string place = absl::StrFormat("%s, line %d", path, result.tokens.size());
    if (row.size() < 2 || row.size() != num_fields) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s: a name and %d numbers expected, found %d fields", place,
                          std::max<size_t>(num_fields, 2) - 1, row.size()));
    }
    const absl::Status status = AppendNumbers(row, place, &values);
    if (!status.ok()) return status;
  }
  const int64_t num_tokens = static_cast<int64_t>(result.tokens.size());
  result.vectors = Tensor::FromValues({num_tokens, static_cast<int64_t>(num_fields) - 1}, values);
  return result;
}

TokenVectors DrawTokenVectors(const std::vector<std::string>& words, int64_t d_in) {
  std::map<std::string, std::vector<float>> embedding;
  std::vector<float> values;
  for (const std::string& word : words) {
    const auto [entry, is_new] = embedding.try_emplace(word, d_in);
    if (is_new) GlobalGenerator().Normal(entry->second.data(), d_in);
    values.insert(values.end(), entry->second.begin(), entry->second.end());
  }
  return {words, Tensor::FromValues({static_cast<int64_t>(words.size()), d_in}, values)};
}

}  // namespace gokart
