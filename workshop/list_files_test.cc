#include "workshop/list_files.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ListFilesTest : public ::testing::Test {
 protected:
  ListFilesTest() {
    for (const char* name :
         {"b.txt", "a.txt", "c.md", "deep/er/d.txt", ".hidden", ".git/e.txt", "f[1].txt"}) {
      fs::create_directories(fs::path(Path(name)).parent_path());
      std::ofstream(Path(name)) << name;
    }
    fs::create_directories(Path("empty"));
  }
  ~ListFilesTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  const std::string folder_ = ::testing::TempDir() + "/list_files_test." + std::to_string(getpid());
};

TEST_F(ListFilesTest, OneFile) {
  EXPECT_THAT(*ListFiles(Path("a.txt")), ElementsAre(Path("a.txt")));
}

TEST_F(ListFilesTest, FolderRecursivelyInOrderWithoutHidden) {
  EXPECT_THAT(*ListFiles(folder_), ElementsAre(Path("a.txt"), Path("b.txt"), Path("c.md"),
                                               Path("deep/er/d.txt"), Path("f[1].txt")));
}

TEST_F(ListFilesTest, Pattern) {
  EXPECT_THAT(*ListFiles(Path("?.txt")), ElementsAre(Path("a.txt"), Path("b.txt")));
  EXPECT_THAT(*ListFiles(Path("d*/*/*")), ElementsAre(Path("deep/er/d.txt")));
}

TEST_F(ListFilesTest, ANameThatExistsIsNoPattern) {
  EXPECT_THAT(*ListFiles(Path("f[1].txt")), ElementsAre(Path("f[1].txt")));
}

TEST_F(ListFilesTest, NothingThere) {
  EXPECT_EQ(ListFiles(Path("missing")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(ListFiles(Path("*.pdf")).status().message()),
              HasSubstr("no file matches"));
  EXPECT_THAT(std::string(ListFiles(Path("empty")).status().message()), HasSubstr("has no files"));
  EXPECT_THAT(std::string(ListFiles(Path("d*")).status().message()), HasSubstr("no file matches"));
}

}  // namespace
}  // namespace gokart
