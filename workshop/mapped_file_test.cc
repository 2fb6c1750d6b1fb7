#include "workshop/mapped_file.h"

#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

std::string TestFile(const std::string& content) {
  static int number = 0;
  const std::string path = ::testing::TempDir() + "/mapped_file_test." + std::to_string(getpid()) +
                           "." + std::to_string(number++);
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

TEST(MappedFileTest, ShowsTheBytes) {
  const std::string content = "tok\0en\n" + std::string(10000, 'z');
  const absl::StatusOr<MappedFile> file = MappedFile::Open(TestFile(content));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->size(), content.size());
  EXPECT_EQ(file->text(), content);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(file->data()) % 64, 0u);
}

TEST(MappedFileTest, MovingKeepsTheMemory) {
  MappedFile first = *MappedFile::Open(TestFile("first"));
  const uint8_t* memory = first.data();
  MappedFile second = std::move(first);
  EXPECT_EQ(second.data(), memory);
  second = *MappedFile::Open(TestFile("second"));
  EXPECT_EQ(second.text(), "second");
}

TEST(MappedFileTest, EmptyFile) {
  const absl::StatusOr<MappedFile> file = MappedFile::Open(TestFile(""));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->size(), 0u);
  EXPECT_EQ(file->text(), "");
}

TEST(MappedFileTest, ErrorsNameThePath) {
  const absl::Status missing = MappedFile::Open("/no/such/file").status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), ::testing::HasSubstr("/no/such/file"));
  EXPECT_THAT(std::string(MappedFile::Open(::testing::TempDir()).status().message()),
              ::testing::HasSubstr("not a regular file"));
  EXPECT_FALSE(MappedFile::Open("/dev/null").ok());
}

}  // namespace
}  // namespace gokart
