#include "tensor/mapped_file.h"

#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

std::string MakeFile(const std::string& name, const std::string& contents) {
  const std::string path = ::testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << contents;
  return path;
}

std::string Text(const MappedFile& file) {
  return std::string(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
}

TEST(MappedFileTest, ShowsTheWholeFile) {
  std::string contents(10001, 'x');  // more than two pages, and not a multiple of them
  contents[0] = '\0';
  contents.back() = '\xff';
  const std::string path = MakeFile("whole", contents);
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->path(), path);
  EXPECT_TRUE(Text(*file) == contents);
}

TEST(MappedFileTest, AnEmptyFileHasNoBytes) {
  const absl::StatusOr<MappedFile> file = MappedFile::Open(MakeFile("empty", ""));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->bytes().empty());
}

TEST(MappedFileTest, MovesLeaveTheBytesInPlace) {
  absl::StatusOr<MappedFile> opened = MappedFile::Open(MakeFile("a", "first"));
  ASSERT_TRUE(opened.ok());
  const std::byte* const address = opened->bytes().data();
  MappedFile file = *std::move(opened);
  EXPECT_EQ(file.bytes().data(), address);
  absl::StatusOr<MappedFile> second = MappedFile::Open(MakeFile("b", "second"));
  ASSERT_TRUE(second.ok());
  file = *std::move(second);
  EXPECT_EQ(Text(file), "second");
}

TEST(MappedFileTest, OutlivesTheFilesName) {
  const std::string path = MakeFile("deleted", "still here");
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  ASSERT_TRUE(file.ok());
  std::filesystem::remove(path);
  EXPECT_EQ(Text(*file), "still here");
}

TEST(MappedFileTest, UnmapsWhenDestroyed) {
  const std::string path = MakeFile("unmapped", "data");
  const auto mappings = [&] {
    std::ifstream maps("/proc/self/maps");
    int count = 0;
    for (std::string line; std::getline(maps, line);) count += line.ends_with("/unmapped");
    return count;
  };
  {
    const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(mappings(), 1);
  }
  EXPECT_EQ(mappings(), 0);
}

TEST(MappedFileTest, RefusesWhatIsNotAFile) {
  const auto message = [](const std::string& path) {
    return std::string(MappedFile::Open(path).status().message());
  };
  const std::string folder = ::testing::TempDir();
  EXPECT_THAT(message(folder + "/missing"), HasSubstr(folder + "/missing"));
  EXPECT_EQ(MappedFile::Open(folder + "/missing").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(message(folder), HasSubstr("found a directory"));
  const std::string pipe = folder + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(message(pipe), HasSubstr("not a regular file"));
  std::filesystem::remove(pipe);
}

}  // namespace
}  // namespace gokart
