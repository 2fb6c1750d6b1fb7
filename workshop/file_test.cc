#include "workshop/file.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/atomic_file.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FileTest : public ::testing::Test {
 protected:
  FileTest() { fs::create_directories(folder_); }
  ~FileTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  // Written and read without the code under test.
  static void Put(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  static std::string Get(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  int NumFiles() const {
    return static_cast<int>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  const std::string folder_ = ::testing::TempDir() + "/file_test." + std::to_string(getpid());
};

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST_F(FileTest, ReadsBytesAsTheyAre) {
  std::string content = std::string("a\0b\r\n\xff", 6) + std::string(300000, 'x');
  Put(Path("f"), content);
  EXPECT_EQ(*ReadFile(Path("f")), content);
  Put(Path("empty"), "");
  EXPECT_EQ(*ReadFile(Path("empty")), "");
}

TEST_F(FileTest, LimitIsInclusive) {
  Put(Path("f"), "12345");
  EXPECT_EQ(*ReadFile(Path("f"), 5), "12345");
  EXPECT_EQ(ReadFile(Path("f"), 4).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(FileTest, LimitHoldsForEndlessDevices) {
  const absl::Status status = ReadFile("/dev/zero", 100000).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(status), HasSubstr("100000"));
}

TEST_F(FileTest, ReadsAPipe) {
  const std::string fifo = Path("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  if (fork() == 0) {
    Put(fifo, "through the pipe");
    _exit(0);
  }
  EXPECT_EQ(*ReadFile(fifo), "through the pipe");
}

TEST_F(FileTest, ErrorsNameThePath) {
  const absl::Status missing = ReadFile(Path("missing")).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Message(missing), HasSubstr(Path("missing")));
  EXPECT_THAT(Message(ReadFile(folder_).status()), HasSubstr("is a folder"));
}

TEST_F(FileTest, WritesAndReplaces) {
  ASSERT_TRUE(WriteFile(Path("f"), "first").ok());
  EXPECT_EQ(Get(Path("f")), "first");
  ASSERT_TRUE(WriteFile(Path("f"), "second").ok());
  EXPECT_EQ(Get(Path("f")), "second");
  EXPECT_EQ(NumFiles(), 1);
}

TEST_F(FileTest, KeepsThePermissionsOfWhatItReplaces) {
  Put(Path("f"), "x");
  chmod(Path("f").c_str(), 0640);
  ASSERT_TRUE(WriteFile(Path("f"), "y").ok());
  struct stat info {};
  ASSERT_EQ(stat(Path("f").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
}

TEST_F(FileTest, ALinkStaysALink) {
  Put(Path("real"), "x");
  fs::create_symlink("real", Path("link"));
  ASSERT_TRUE(WriteFile(Path("link"), "y").ok());
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_EQ(Get(Path("real")), "y");
}

TEST_F(FileTest, WritesToADevice) {
  EXPECT_TRUE(WriteFile("/dev/null", "gone").ok());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(FileTest, FullDeviceIsAnError) {
  const absl::Status status = WriteFile("/dev/full", "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(status), HasSubstr("cannot write /dev/full at offset 0: No space left"));
}

TEST_F(FileTest, AFailedWriteLeavesTheOldFileAndNothingElse) {
  Put(Path("f"), "old");
  signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit{};
  getrlimit(RLIMIT_FSIZE, &old_limit);
  const rlimit limit{1000, old_limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  const absl::Status status = WriteFile(Path("f"), std::string(5000, 'x'));
  setrlimit(RLIMIT_FSIZE, &old_limit);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(Message(status), HasSubstr("cannot write " + Path("f")));
  EXPECT_EQ(Get(Path("f")), "old");
  EXPECT_EQ(NumFiles(), 1);
}

TEST_F(FileTest, AnUnfinishedFileNeverAppears) {
  {
    absl::StatusOr<AtomicFile> file = AtomicFile::Create(Path("f"));
    ASSERT_TRUE(file->Append("half").ok());
    EXPECT_FALSE(fs::exists(Path("f")));
  }
  EXPECT_EQ(NumFiles(), 0);
}

TEST_F(FileTest, AppendsInPieces) {
  absl::StatusOr<AtomicFile> created = AtomicFile::Create(Path("f"));
  ASSERT_TRUE(created.ok());
  AtomicFile file = *std::move(created);
  ASSERT_TRUE(file.Append("one ").ok());
  ASSERT_TRUE(file.Append("two").ok());
  EXPECT_EQ(file.size(), 7);
  ASSERT_TRUE(file.Commit().ok());
  EXPECT_EQ(Get(Path("f")), "one two");
  EXPECT_FALSE(file.Append("more").ok());
  EXPECT_FALSE(file.Commit().ok());
}

TEST_F(FileTest, UnwritablePlaces) {
  EXPECT_THAT(Message(WriteFile(Path("no/such/folder/f"), "x")),
              HasSubstr("No such file or directory"));
  EXPECT_THAT(Message(WriteFile(folder_, "x")), HasSubstr("is a folder"));
  Put(Path("f"), "x");
  EXPECT_THAT(Message(WriteFile(Path("f") + "/g", "x")), HasSubstr("Not a directory"));
  EXPECT_THAT(Message(MakeFolders(Path("f") + "/g")), HasSubstr("cannot make the folder"));
}

TEST_F(FileTest, MakesFolders) {
  EXPECT_TRUE(MakeFolders(Path("a/b/c")).ok());
  EXPECT_TRUE(fs::is_directory(Path("a/b/c")));
  EXPECT_TRUE(MakeFolders(Path("a/b/c")).ok());
}

}  // namespace
}  // namespace gokart
