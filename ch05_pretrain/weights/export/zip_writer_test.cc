#include "ch05_pretrain/weights/export/zip_writer.h"

#include <zip.h>

#include <filesystem>
#include <string>

#include "ch05_pretrain/weights/export/zip_directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using std::string_literals::operator""s;
using ::testing::HasSubstr;

std::string TempPath(const std::string& name) { return testing::TempDir() + name; }

// An entry as libzip reads it, which checks its checksum; "error: ..." if it can't.
std::string ReadWithLibzip(const std::string& path, const std::string& name) {
  int error = 0;
  zip_t* zip = zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (zip == nullptr) return "error: open " + std::to_string(error);
  std::string content = "error: no such entry";
  if (zip_file_t* file = zip_fopen(zip, name.c_str(), 0)) {
    char buffer[4096];
    content.clear();
    zip_int64_t count = 0;
    while ((count = zip_fread(file, buffer, sizeof(buffer))) > 0) content.append(buffer, count);
    if (count < 0) content = "error: read";
    zip_fclose(file);
  }
  zip_close(zip);
  return content;
}

void WriteThreeEntries(const std::string& path) {
  absl::StatusOr<ZipWriter> zip = ZipWriter::Create(path);
  ASSERT_TRUE(zip.ok()) << zip.status();
  ASSERT_TRUE(zip->Begin("m/data.pkl").ok());
  ASSERT_TRUE(zip->Append("pick").ok());
  ASSERT_TRUE(zip->Append("le").ok());
  ASSERT_TRUE(zip->Begin("m/empty").ok());
  ASSERT_TRUE(zip->Begin("m/ü").ok());
  ASSERT_TRUE(zip->Append(std::string(100'000, 'x')).ok());
  const absl::Status status = zip->Commit();
  ASSERT_TRUE(status.ok()) << status;
}

TEST(ZipWriterTest, AnotherLibraryReadsIt) {
  const std::string path = TempPath("three.zip");
  WriteThreeEntries(path);
  EXPECT_EQ(ReadWithLibzip(path, "m/data.pkl"), "pickle");
  EXPECT_EQ(ReadWithLibzip(path, "m/empty"), "");
  EXPECT_EQ(ReadWithLibzip(path, "m/ü"), std::string(100'000, 'x'));
}

TEST(ZipWriterTest, BytesBeginAtMultiplesOf64) {
  const std::string path = TempPath("aligned.zip");
  WriteThreeEntries(path);
  const std::string file = ReadFile(path).value();
  EXPECT_EQ(file.find("pickle") % 64, 0);
  EXPECT_EQ(file.find("xxxx") % 64, 0);
}

TEST(ZipWriterTest, EqualEntriesMakeEqualFiles) {
  WriteThreeEntries(TempPath("a.zip"));
  WriteThreeEntries(TempPath("b.zip"));
  EXPECT_EQ(ReadFile(TempPath("a.zip")).value(), ReadFile(TempPath("b.zip")).value());
}

TEST(ZipWriterTest, NothingAppearsBeforeCommit) {
  const std::string path = TempPath("unfinished.zip");
  {
    absl::StatusOr<ZipWriter> zip = ZipWriter::Create(path);
    ASSERT_TRUE(zip.ok()) << zip.status();
    ASSERT_TRUE(zip->Begin("a").ok());
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_THAT(std::string(ZipWriter::Create(TempPath("no/folder.zip")).status().message()),
              HasSubstr("no/folder.zip"));
}

// --- Files beyond 4 GB, by the bytes alone ------------------------------------------------------

TEST(ZipDirectoryTest, OffsetsBeyond32BitsGoIntoTheExtraField) {
  const std::string directory =
      ZipDirectory({{.name = "n", .offset = 0x123456789, .size = 3, .crc32 = 0xAABBCCDD}},
                   /*offset=*/0x200000000);
  EXPECT_EQ(directory.substr(0, 59),
            "PK\1\2\x2d\0\x2d\0\x08\x08\0\0\0\0\x21\0"s    // version 4.5, flags, stored, date
            "\xdd\xcc\xbb\xaa\3\0\0\0\3\0\0\0\1\0\x0c\0"s  // checksum, sizes, name, extra field
            "\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xffn"s       // offset elsewhere
            "\1\0\x08\0\x89\x67\x45\x23\1\0\0\0"s);        // namely here
  EXPECT_THAT(directory, HasSubstr("\x3b\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0PK\6\7"s));  // its place
  EXPECT_THAT(directory, HasSubstr("PK\6\7\0\0\0\0\x3b\0\0\0\2\0\0\0\1\0\0\0PK\5\6"s));
  EXPECT_EQ(directory.substr(directory.size() - 10), "\x3b\0\0\0\xff\xff\xff\xff\0\0"s);
}

TEST(ZipDirectoryTest, SmallOffsetsStandInPlace) {
  const std::string directory = ZipDirectory({{.name = "n", .offset = 7, .size = 3}}, 70);
  EXPECT_EQ(directory.substr(30, 17), "\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0n"s);
  EXPECT_EQ(directory.substr(47, 4), "PK\6\6");
}

}  // namespace
}  // namespace gokart
