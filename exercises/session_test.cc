// A learner's way through two exercises: start, attempts, hints, reset, difference, progress.
#include "exercises/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "exercises/companion.h"
#include "exercises/folder_watch.h"
#include "workshop/file.h"

namespace gokart::exercises {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSource[] = R"(#include "ch02_data/x.h"
int F() {
  // [exercise 2.1] One
  // Task: Give one.
  // Hint: A number.
  // Hint: Not two.
  // Test: //ch02_data:x_test F.*
  // Read: x.h

  return 1;
  // [end of exercise 2.1]
}
int G() {
  // [exercise 2.2] Two
  // Task: Give two.
  // Hint: A number.
  // Test: //ch02_data:x_test G.*
  // Read: x.h

  return 2;
  // [end of exercise 2.2]
}
)";

class SessionTest : public testing::Test {
 protected:
  SessionTest()
      : root_(MakeCheckout()),
        catalog_(LoadCatalog(root_, {"ch02_data/x.cc"}).value()),
        folder_(root_),
        progress_(root_ + "/my/progress.txt"),
        session_(catalog_, folder_, &progress_, [this](const CatalogEntry& entry) {
          ++tries_;
          return Judge(entry);
        }) {}

  static std::string MakeCheckout() {
    const auto* const info = testing::UnitTest::GetInstance()->current_test_info();
    const std::string root = testing::TempDir() + "/checkout-" + info->name();
    std::filesystem::remove_all(root);
    EXPECT_TRUE(MakeFolders(root + "/ch02_data").ok());
    EXPECT_TRUE(MakeFolders(root + "/my").ok());
    EXPECT_TRUE(WriteFile(root + "/ch02_data/x.cc", kSource).ok());
    return root;
  }

  // In place of compiler and tests: 2.1 is right with "return 1;", 2.2 with "return 2;".
  Tried Judge(const CatalogEntry& entry) const {
    const std::string text = folder_.Read(*entry.file).value_or(kSource);
    Tried tried = {.entry = entry};
    tried.attempt.compiled_from = compiled_from_;
    const std::string right = entry.exercise->number == "2.1" ? "return 1;" : "return 2;";
    tried.attempt.state = text.find(right) != text.npos ? Attempt::kPassed : Attempt::kFailed;
    return tried;
  }

  const ExerciseFile& file() const { return *catalog_.files[0]; }
  void Write(const std::string& old_text, const std::string& new_text) {
    std::string text = *folder_.Read(file());
    const size_t at = text.find(old_text);
    ASSERT_NE(at, text.npos) << text;
    text.replace(at, old_text.size(), new_text);
    ASSERT_TRUE(WriteFile(folder_.FullPathOf(file()), text).ok());
  }

  std::string root_;
  Catalog catalog_;
  LearnersFolder folder_;
  ProgressFile progress_;
  int tries_ = 0;
  std::string compiled_from_ = "my/ch02_data/x.cc";
  Session session_;
};

TEST_F(SessionTest, GoesFromOneExerciseToTheNext) {
  EXPECT_FALSE(session_.Advance()->has_value());  // nothing is started
  EXPECT_EQ(tries_, 0);
  ASSERT_EQ(folder_.Start(file()).value(), LearnersFolder::Started::kNew);
  EXPECT_EQ((*session_.Advance())->entry.exercise->number, "2.1");
  EXPECT_EQ(session_.StateOf(catalog_.entries[0]), Session::State::kOpen);
  Write("throw NotImplemented(\"2.1\", \"A number.\");", "return 1;");
  EXPECT_EQ((*session_.Advance())->entry.exercise->number, "2.2");
  EXPECT_EQ(session_.StateOf(catalog_.entries[0]), Session::State::kPassed);
  EXPECT_THAT(session_.Bars(4), HasSubstr("██░░  1 of 2"));
  tries_ = 0;
  EXPECT_EQ((*session_.Advance())->entry.exercise->number, "2.2");
  EXPECT_EQ(tries_, 1);  // 2.1 passed with the file as it is
  EXPECT_FALSE(session_.Advance("2.2")->has_value());
  Write("throw NotImplemented(\"2.2\", \"A number.\");", "return 2;");
  EXPECT_FALSE(session_.Advance()->has_value());
  EXPECT_THAT(ListOfExercises(catalog_, session_, 100), Not(HasSubstr("open")));

  const ProgressFile read_again(root_ + "/my/progress.txt");
  EXPECT_TRUE(read_again.Passed("2.2", *folder_.Read(file())));
  Write("return 1;", "return 3;");  // what passed before no longer does
  EXPECT_EQ((*session_.Advance())->entry.exercise->number, "2.1");
}

TEST_F(SessionTest, StartNeverOverwrites) {
  ASSERT_TRUE(folder_.Start(file()).ok());
  Write("throw NotImplemented(\"2.1\", \"A number.\");", "return 7;");
  EXPECT_EQ(folder_.Start(file()).value(), LearnersFolder::Started::kAlreadyThere);
  EXPECT_THAT(*folder_.Read(file()), HasSubstr("return 7;"));
}

TEST_F(SessionTest, ResetTakesOneExerciseBackAndKeepsACopy) {
  ASSERT_TRUE(folder_.Start(file()).ok());
  const std::string starter = *folder_.Read(file());
  Write("throw NotImplemented(\"2.1\", \"A number.\");", "return 7;");
  Write("throw NotImplemented(\"2.2\", \"A number.\");", "return 8;");
  const auto copy = folder_.Reset(file(), *catalog_.entries[0].exercise);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ(*copy, "my/ch02_data/x.cc.backup-1");
  EXPECT_THAT(ReadFile(root_ + "/" + *copy).value(), HasSubstr("return 7;"));
  EXPECT_THAT(*folder_.Read(file()), Not(HasSubstr("return 7;")));
  EXPECT_THAT(*folder_.Read(file()), HasSubstr("return 8;"));
  EXPECT_EQ(*folder_.ResetFile(file()), "my/ch02_data/x.cc.backup-2");
  EXPECT_EQ(*folder_.Read(file()), starter);
}

TEST_F(SessionTest, DamagedMarkersAreNamedAndLoseNothing) {
  ASSERT_TRUE(folder_.Start(file()).ok());
  Write("// [end of exercise 2.1]", "");
  const auto reset = folder_.Reset(file(), *catalog_.entries[0].exercise);
  EXPECT_THAT(std::string(reset.status().message()),
              HasSubstr("my/ch02_data/x.cc no longer has the markers of exercise 2.1"));
  EXPECT_FALSE(std::filesystem::exists(root_ + "/my/ch02_data/x.cc.backup-1"));
}

TEST_F(SessionTest, DiffShowsHersAgainstTheSolution) {
  EXPECT_FALSE(folder_.Diff(file(), *catalog_.entries[0].exercise).ok());  // not started
  ASSERT_TRUE(folder_.Start(file()).ok());
  Write("throw NotImplemented(\"2.1\", \"A number.\");", "return 7;");
  const auto diff = folder_.Diff(file(), *catalog_.entries[0].exercise);
  ASSERT_TRUE(diff.ok()) << diff.status();
  EXPECT_THAT(*diff, HasSubstr("-  return 7;"));
  EXPECT_THAT(*diff, HasSubstr("+  return 1;"));
}

TEST_F(SessionTest, HintsComeOneByOne) {
  const Exercise& exercise = *catalog_.entries[0].exercise;
  EXPECT_EQ(session_.NextHint(exercise), "Hint 1 of 2 for 2.1: A number.");
  EXPECT_EQ(session_.NextHint(exercise), "Hint 2 of 2 for 2.1: Not two.");
  EXPECT_EQ(session_.NextHint(exercise), "Hint 2 of 2 for 2.1: Not two.");
}

// A pass counts only if it was her file that was compiled.
TEST_F(SessionTest, TheProjectsFileDoesNotPassForHers) {
  ASSERT_TRUE(folder_.Start(file()).ok());
  Write("throw NotImplemented(\"2.1\", \"A number.\");", "return 1;");
  compiled_from_ = "ch02_data/x.cc";
  EXPECT_FALSE(session_.Try(catalog_.entries[0]).ok());
}

TEST_F(SessionTest, WordsOfTheCommandLine) {
  EXPECT_EQ(ChooseFiles(catalog_, "ch02")->size(), 1u);
  EXPECT_EQ(ChooseFiles(catalog_, "2")->size(), 1u);
  EXPECT_EQ(ChooseFiles(catalog_, "2.2")->size(), 1u);
  EXPECT_EQ(ChooseFiles(catalog_, "my/ch02_data/x.cc")->size(), 1u);
  EXPECT_THAT(std::string(ChooseFiles(catalog_, "ch09").status().message()),
              HasSubstr("there are ch02"));
  EXPECT_THAT(std::string(FindEntry(catalog_, "2.9").status().message()),
              HasSubstr("there is no exercise 2.9; the chapter has 2.1 to 2.2"));
}

TEST_F(SessionTest, WatchesFilesThatAreWritten) {
  FolderWatch watch(root_ + "/my");
  ASSERT_TRUE(watch.status().ok()) << watch.status();
  EXPECT_EQ(watch.Wait(-1, 10), FolderWatch::Event::kTimeout);
  ASSERT_TRUE(folder_.Start(file()).ok());  // in a folder that is made after the watch
  EXPECT_EQ(watch.Wait(-1, 5000), FolderWatch::Event::kChanged);
  std::ofstream(folder_.FullPathOf(file()), std::ios::app) << "// more\n";
  EXPECT_EQ(watch.Wait(-1, 5000), FolderWatch::Event::kChanged);
  std::ofstream(root_ + "/my/notes.txt") << "not a source file";
  EXPECT_EQ(watch.Wait(-1, 300), FolderWatch::Event::kTimeout);
}

TEST(LoadCatalog, RefusesNumbersThatDoNotFit) {
  const std::string root = testing::TempDir() + "/catalog";
  ASSERT_TRUE(MakeFolders(root + "/ch02_data").ok());
  ASSERT_TRUE(MakeFolders(root + "/ch03_attention").ok());
  for (const char* path : {"/ch02_data/x.cc", "/ch02_data/y.cc", "/ch03_attention/x.cc"}) {
    ASSERT_TRUE(WriteFile(root + path, kSource).ok());
  }
  EXPECT_THAT(
      std::string(LoadCatalog(root, {"ch02_data/x.cc", "ch02_data/y.cc"}).status().message()),
      HasSubstr("exercise 2.1 is in"));
  EXPECT_THAT(std::string(LoadCatalog(root, {"ch03_attention/x.cc"}).status().message()),
              HasSubstr("should be one of chapter 3"));
}

}  // namespace
}  // namespace gokart::exercises
