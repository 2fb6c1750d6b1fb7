#include "tensor/atomic_file.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

namespace fs = std::filesystem;

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Each test gets an empty folder with a file "kept" in it, which says "old".
class AtomicFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directory(folder_);
    path_ = folder_ + "/kept";
    std::ofstream(path_) << "old";
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  std::string folder_, path_;
};

TEST_F(AtomicFileTest, ReplacesTheOldFileAtCommit) {
  absl::StatusOr<AtomicFile> file = AtomicFile::Create(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Append("new").ok());
  EXPECT_TRUE(file->Append(std::as_bytes(std::span("er", 2))).ok());
  EXPECT_EQ(Read(path_), "old");
  EXPECT_TRUE(file->Commit().ok());
  EXPECT_EQ(Read(path_), "newer");
  EXPECT_THAT(Names(), ::testing::ElementsAre("kept"));
  EXPECT_FALSE(file->Append("late").ok());
  EXPECT_FALSE(file->Commit().ok());
}

TEST_F(AtomicFileTest, WithoutCommitNothingChanges) {
  {
    absl::StatusOr<AtomicFile> file = AtomicFile::Create(path_);
    ASSERT_TRUE(file.ok());
    EXPECT_TRUE(file->Append("new").ok());
  }
  EXPECT_EQ(Read(path_), "old");
  EXPECT_THAT(Names(), ::testing::ElementsAre("kept"));
}

TEST_F(AtomicFileTest, OverwritesWhatAKilledProgramLeft) {
  std::ofstream(path_ + ".partial") << "a long remainder of an interrupted run";
  absl::StatusOr<AtomicFile> file = AtomicFile::Create(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Append("new").ok());
  EXPECT_TRUE(file->Commit().ok());
  EXPECT_EQ(Read(path_), "new");
}

TEST_F(AtomicFileTest, TwoWritersDoNotMix) {
  absl::StatusOr<AtomicFile> first = AtomicFile::Create(path_);
  ASSERT_TRUE(first.ok());
  const absl::StatusOr<AtomicFile> second = AtomicFile::Create(path_);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("another program is writing"));
  EXPECT_TRUE(first->Append("first").ok());
  EXPECT_TRUE(first->Commit().ok());
  EXPECT_EQ(Read(path_), "first");
  EXPECT_TRUE(AtomicFile::Create(path_).ok());
}

TEST_F(AtomicFileTest, CanBeMoved) {
  absl::StatusOr<AtomicFile> created = AtomicFile::Create(path_);
  ASSERT_TRUE(created.ok());
  AtomicFile file = *std::move(created);
  absl::StatusOr<AtomicFile> other = AtomicFile::Create(folder_ + "/other");
  ASSERT_TRUE(other.ok());
  EXPECT_TRUE(other->Append("other").ok());
  file = *std::move(other);
  EXPECT_TRUE(file.Commit().ok());
  EXPECT_EQ(Read(folder_ + "/other"), "other");
  EXPECT_EQ(Read(path_), "old");
}

TEST_F(AtomicFileTest, AFullDiskLosesNothing) {
  std::signal(SIGXFSZ, SIG_IGN);  // so that write() fails at the limit, as on a full disk
  rlimit old_limit;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  {
    absl::StatusOr<AtomicFile> file = AtomicFile::Create(path_);
    ASSERT_TRUE(file.ok());
    const rlimit limit = {1000, old_limit.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
    const absl::Status status = file->Append(std::string(3000, 'x'));
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &old_limit), 0);
    EXPECT_THAT(std::string(status.message()), HasSubstr(path_ + " at offset 1000"));
  }
  EXPECT_EQ(Read(path_), "old");
  EXPECT_THAT(Names(), ::testing::ElementsAre("kept"));
}

TEST_F(AtomicFileTest, NamesAFolderThatIsMissingOrInTheWay) {
  const absl::Status missing = AtomicFile::Create(folder_ + "/no/such/file").status();
  EXPECT_THAT(std::string(missing.message()),
              HasSubstr("/no/such/file: No such file or directory"));
  fs::create_directory(folder_ + "/taken");
  const absl::Status taken = AtomicFile::Create(folder_ + "/taken").status();
  EXPECT_THAT(std::string(taken.message()), HasSubstr("/taken: it is a folder"));
  EXPECT_THAT(Names(), ::testing::UnorderedElementsAre("kept", "taken"));
}

}  // namespace
}  // namespace gokart
