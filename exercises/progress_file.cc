#include "exercises/progress_file.h"

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "workshop/file.h"
#include "workshop/sha256.h"

namespace gokart::exercises {
namespace {

std::string DigestOf(std::string_view text) {
  Sha256 sum;
  sum.Add(text.data(), text.size());
  return sum.Hex();
}

}  // namespace

ProgressFile::ProgressFile(std::string path) : path_(std::move(path)) {
  constexpr int64_t kLimit = 1 << 20;
  const absl::StatusOr<std::string> text = ReadFile(path_, kLimit);
  if (!text.ok()) return;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    int count = 0;
    if (words.size() != 3) continue;
    if (words[0] == "passed") passed_[words[1]] = words[2];
    if (words[0] == "hints" && absl::SimpleAtoi(words[2], &count)) hints_[words[1]] = count;
  }
}

bool ProgressFile::Passed(const std::string& number, std::string_view text) const {
  const auto found = passed_.find(number);
  return found != passed_.end() && found->second == DigestOf(text);
}

void ProgressFile::SetPassed(const std::string& number, std::string_view text) {
  passed_[number] = DigestOf(text);
}

int ProgressFile::hints(const std::string& number) const {
  const auto found = hints_.find(number);
  return found == hints_.end() ? 0 : found->second;
}

absl::Status ProgressFile::Save() const {
  std::string text;
  for (const auto& [number, digest] : passed_) {
    absl::StrAppend(&text, "passed ", number, " ", digest, "\n");
  }
  for (const auto& [number, count] : hints_) {
    absl::StrAppend(&text, "hints ", number, " ", count, "\n");
  }
  return WriteFile(path_, text);
}

}  // namespace gokart::exercises
