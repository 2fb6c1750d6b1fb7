#include "workshop/unzip.h"

#include <unistd.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class UnzipTest : public ::testing::Test {
 protected:
  UnzipTest() {
    fs::create_directories(folder_);
    int error = 0;
    zip_t* archive = zip_open(archive_.c_str(), ZIP_CREATE, &error);
    zip_file_add(archive, "data.txt", zip_source_buffer(archive, text_.data(), text_.size(), 0), 0);
    zip_file_add(archive, "zeros", zip_source_buffer(archive, zeros_.data(), zeros_.size(), 0), 0);
    zip_close(archive);
  }
  ~UnzipTest() override { fs::remove_all(folder_); }

  static std::string Get(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::string folder_ = ::testing::TempDir() + "/unzip_test." + std::to_string(getpid());
  const std::string archive_ = folder_ + "/a.zip", out_ = folder_ + "/out";
  const std::string text_ = "abc", zeros_ = std::string(200000, '\0');
};

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST_F(UnzipTest, Extracts) {
  ASSERT_TRUE(ExtractFromZip(archive_, "data.txt", out_, 3).ok());
  EXPECT_EQ(Get(out_), "abc");
  ASSERT_TRUE(ExtractFromZip(archive_, "zeros", out_, 200000).ok());
  EXPECT_EQ(Get(out_), zeros_);
}

TEST_F(UnzipTest, SumWithoutExtracting) {
  EXPECT_EQ(*Sha256InZip(archive_, "data.txt", 3),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(UnzipTest, ABombStopsAtTheLimit) {
  ASSERT_LT(fs::file_size(archive_), 2000u);  // the zeros are packed to nearly nothing
  EXPECT_THAT(Message(ExtractFromZip(archive_, "zeros", out_, 199999)),
              HasSubstr("larger than the 199999 bytes"));
  EXPECT_FALSE(fs::exists(out_));
}

TEST_F(UnzipTest, NoSuchMember) {
  EXPECT_THAT(Message(ExtractFromZip(archive_, "other", out_, 100)),
              HasSubstr("file 'other': No such file"));
  EXPECT_FALSE(fs::exists(out_));
}

TEST_F(UnzipTest, NotAnArchive) {
  std::ofstream(folder_ + "/b.zip") << "<html>404</html>";
  EXPECT_THAT(Message(ExtractFromZip(folder_ + "/b.zip", "x", out_, 100)),
              HasSubstr("not a zip archive"));
  EXPECT_FALSE(ExtractFromZip(folder_ + "/missing.zip", "x", out_, 100).ok());
}

TEST_F(UnzipTest, EveryDamagedByteIsNoticedOrHarmless) {
  const std::string good = Get(archive_);
  int noticed = 0;
  for (size_t i = 0; i < good.size(); i += 3) {
    std::string bad = good;
    bad[i] ^= 0x55;
    std::ofstream(folder_ + "/bad.zip", std::ios::binary) << bad;
    fs::remove(out_);
    if (ExtractFromZip(folder_ + "/bad.zip", "zeros", out_, 200000).ok()) {
      EXPECT_TRUE(Get(out_) == zeros_);
    } else {
      ++noticed;
      EXPECT_FALSE(fs::exists(out_));
    }
  }
  EXPECT_GT(noticed, 20);
}

TEST_F(UnzipTest, CutArchives) {
  const std::string good = Get(archive_);
  for (size_t size = 0; size < good.size(); size += 11) {
    std::ofstream(folder_ + "/cut.zip", std::ios::binary) << good.substr(0, size);
    EXPECT_FALSE(ExtractFromZip(folder_ + "/cut.zip", "data.txt", out_, 3).ok());
  }
}

}  // namespace
}  // namespace gokart
