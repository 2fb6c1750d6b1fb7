#include "exercises/exercise_table.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "workshop/table.h"

namespace gokart::exercises {
namespace {

constexpr absl::string_view kBegin = "<!-- exercises of ";
constexpr absl::string_view kBeginEnd = " -->\n";
constexpr absl::string_view kEnd = "<!-- end of exercises -->";

}  // namespace

const std::vector<std::string>& ReadmesWithTables() {
  static const auto& readmes = *new std::vector<std::string>{
      "ch02_data/README.md",     "ch03_attention/README.md", "ch04_model/README.md",
      "ch05_pretrain/README.md", "ch06_classify/README.md",  "ch07_instruct/README.md",
      "exercises/README.md"};
  return readmes;
}

std::string ExerciseTable(const Catalog& catalog, const std::string& chapter) {
  Table table({"exercise", "what it is about", "file"});
  for (const CatalogEntry& entry : catalog.entries) {
    if (ChapterName(*entry.file) != chapter) continue;
    table.AddRow({entry.exercise->number, entry.exercise->title,
                  absl::StrCat("[`", entry.file->path, "`](../", entry.file->path, ")")});
  }
  return table.num_rows() == 0 ? "" : table.ToMarkdown();
}

absl::StatusOr<std::string> WithTables(const Catalog& catalog, const std::string& readme) {
  std::string text;
  size_t at = 0;
  for (;;) {
    const size_t begin = readme.find(kBegin.data(), at, kBegin.size());
    if (begin == readme.npos) break;
    const size_t name = begin + kBegin.size();
    const size_t name_end = readme.find(kBeginEnd.data(), name, kBeginEnd.size());
    const size_t end = readme.find(kEnd.data(), name, kEnd.size());
    if (name_end == readme.npos || end == readme.npos || end < name_end) {
      return absl::InvalidArgumentError("a table of exercises has no end");
    }
    const std::string chapter = readme.substr(name, name_end - name);
    const std::string table = ExerciseTable(catalog, chapter);
    if (table.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("there are no exercises of '", chapter, "'"));
    }
    absl::StrAppend(&text, readme.substr(at, name_end + kBeginEnd.size() - at), "\n", table, "\n",
                    std::string(kEnd));
    at = end + kEnd.size();
  }
  if (at == 0) return absl::NotFoundError("no table of exercises in it");
  return absl::StrCat(text, readme.substr(at));
}

}  // namespace gokart::exercises
