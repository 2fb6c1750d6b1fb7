// What every exercise of the project must have, and that the READMEs' tables are those of today.
// (That its tests exist and tell right from wrong is proven chapter by chapter, staircase.h.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "exercises/catalog.h"
#include "exercises/exercise_table.h"
#include "exercises/starter.h"
#include "exercises/wrong_answer.h"
#include "workshop/file.h"

namespace gokart::exercises {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Catalog& Exercises() {
  static const Catalog& catalog = *new Catalog(LoadCatalog(".").value());
  return catalog;
}

std::string WrongPath(const ExerciseFile& file) {
  return absl::StrCat("exercises/wrong/", file.path.substr(0, file.path.size() - 3), ".txt");
}

TEST(Exercises, AreAtLeastSixty) { EXPECT_GE(Exercises().entries.size(), 60u); }

TEST(Exercises, AreNumberedWithoutGaps) {
  std::map<std::string, int> last;
  for (const CatalogEntry& entry : Exercises().entries) {
    const std::string& number = entry.exercise->number;
    EXPECT_EQ(number, absl::StrCat(ChapterOf(number), ".", ++last[ChapterOf(number)]));
  }
}

TEST(Exercises, HaveTitlesOfTheirOwn) {
  std::set<std::string> titles;
  for (const CatalogEntry& entry : Exercises().entries) {
    EXPECT_TRUE(titles.insert(entry.exercise->title).second) << entry.exercise->title;
    EXPECT_LE(entry.exercise->title.size(), 60u) << entry.exercise->title;
  }
}

// Lines of code that are long enough to be the answer and not a name.
std::vector<std::string> LinesOfCode(const CatalogEntry& entry) {
  std::vector<std::string> lines;
  for (const Region& region : entry.exercise->regions) {
    for (size_t i = region.body_begin; i < region.body_end; ++i) {
      std::string line = entry.file->lines[i].substr(0, entry.file->lines[i].find("  //"));
      line = std::string(absl::StripAsciiWhitespace(line));
      if (line.size() >= 16 && !absl::StartsWith(line, "//")) lines.push_back(line);
    }
  }
  return lines;
}

TEST(Exercises, HaveHintsThatAreNotTheAnswer) {
  for (const CatalogEntry& entry : Exercises().entries) {
    for (const std::string& hint : entry.exercise->hints) {
      for (const std::string& line : LinesOfCode(entry)) {
        EXPECT_FALSE(absl::StrContains(hint, line))
            << entry.exercise->number << ": the hint \"" << hint << "\" holds " << line;
      }
    }
  }
}

TEST(Exercises, HaveStartersWithoutTheAnswer) {
  for (const auto& file : Exercises().files) {
    const std::string starter = MakeStarter(*file);
    for (const Exercise& exercise : file->exercises) {
      EXPECT_THAT(starter, HasSubstr(absl::StrCat("throw NotImplemented(\"", exercise.number)));
      for (size_t i = 1; i < exercise.hints.size(); ++i) {  // the first one is in what is thrown
        EXPECT_THAT(starter, Not(HasSubstr(exercise.hints[i])));
      }
    }
    EXPECT_THAT(starter, Not(HasSubstr("// Hint:"))) << file->path;
  }
}

TEST(Exercises, SayWhatToReadAndItIsThere) {
  for (const CatalogEntry& entry : Exercises().entries) {
    const std::string& read = entry.exercise->read;
    const std::string path = read.substr(0, read.find(','));
    const absl::StatusOr<std::string> text = ReadFile(path);
    ASSERT_TRUE(text.ok()) << entry.exercise->number << ": " << text.status();
    const size_t quote = read.find('"');
    if (quote == read.npos) continue;
    const std::string section = read.substr(quote + 1, read.rfind('"') - quote - 1);
    bool found = false;
    for (size_t at = text->find("\n#"); at != text->npos; at = text->find("\n#", at + 1)) {
      found |= absl::StrContains(text->substr(at, text->find('\n', at + 1) - at), section);
    }
    EXPECT_TRUE(found) << entry.exercise->number << ": " << path << " has no section " << section;
  }
}

TEST(Exercises, HaveAtLeastTwoWrongAnswers) {
  for (const auto& file : Exercises().files) {
    const std::string path = WrongPath(*file);
    const absl::StatusOr<std::string> text = ReadFile(path);
    ASSERT_TRUE(text.ok()) << text.status();
    const auto answers = ParseWrongAnswers(path, *text);
    ASSERT_TRUE(answers.ok()) << answers.status();
    for (const Exercise& exercise : file->exercises) {
      const auto count = std::count_if(answers->begin(), answers->end(), [&](const WrongAnswer& a) {
        return a.number == exercise.number;
      });
      EXPECT_GE(count, 2) << exercise.number;
    }
  }
}

TEST(Readmes, HaveTheTablesOfToday) {
  for (const std::string& path : ReadmesWithTables()) {
    const absl::StatusOr<std::string> text = ReadFile(path);
    ASSERT_TRUE(text.ok()) << text.status();
    const absl::StatusOr<std::string> fresh = WithTables(Exercises(), *text);
    ASSERT_TRUE(fresh.ok()) << path << ": " << fresh.status();
    EXPECT_TRUE(*fresh == *text) << path << ": `bazel run //exercises:tables` writes it anew";
  }
}

TEST(WithTables, NamesWhatIsWrong) {
  EXPECT_FALSE(WithTables(Exercises(), "# Nothing\n").ok());
  EXPECT_FALSE(WithTables(Exercises(), "<!-- exercises of ch02 -->\n").ok());
  EXPECT_FALSE(
      WithTables(Exercises(), "<!-- exercises of ch99 -->\n<!-- end of exercises -->").ok());
}

}  // namespace
}  // namespace gokart::exercises
