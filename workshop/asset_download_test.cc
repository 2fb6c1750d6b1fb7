#include "workshop/asset_download.h"

#include <unistd.h>
#include <zip.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "workshop/assets.h"
#include "workshop/testing/scripted_server.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kSumOfAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

class AssetDownloadTest : public ::testing::Test {
 protected:
  AssetDownloadTest() {
    fs::create_directories(folder_);
    setenv("GOKART_ASSETS", folder_.c_str(), 1);
    options_.first_wait = 0.001;
    options_.progress_out = &progress_;
  }
  ~AssetDownloadTest() override { fs::remove_all(folder_); }

  static void Put(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  static std::string Get(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // A zip archive with one file.
  std::string Zipped(const std::string& name, const std::string& content) {
    const std::string path = folder_ + "/made.zip";
    int error = 0;
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
    zip_file_add(archive, name.c_str(),
                 zip_source_buffer(archive, content.data(), content.size(), 0), 0);
    zip_close(archive);
    const std::string bytes = Get(path);
    fs::remove(path);
    return bytes;
  }

  const std::string folder_ =
      ::testing::TempDir() + "/asset_download_test." + std::to_string(getpid());
  const std::string path_ = folder_ + "/thing";
  DownloadOptions options_;
  std::ostringstream progress_;
};

TEST_F(AssetDownloadTest, ChecksSizeSumAndFormat) {
  EXPECT_EQ(CheckAssetFile({}, path_).code(), absl::StatusCode::kNotFound);
  Put(path_, "abc");
  EXPECT_TRUE(CheckAssetFile({.size = 3, .sha256 = kSumOfAbc}, path_).ok());
  EXPECT_THAT(std::string(CheckAssetFile({.size = 4}, path_).message()),
              HasSubstr("expected 4 bytes, found 3"));
  Put(path_, "abd");
  EXPECT_THAT(std::string(CheckAssetFile({.size = 3, .sha256 = kSumOfAbc}, path_).message()),
              HasSubstr(std::string("expected the SHA-256 ") + kSumOfAbc + ", found a52d159f"));
  EXPECT_TRUE(CheckAssetFile({.format = FileFormat::kText}, path_).ok());
  EXPECT_FALSE(CheckAssetFile({.format = FileFormat::kJson}, path_).ok());
}

TEST_F(AssetDownloadTest, ByChecksum) {
  ScriptedServer server([](const std::string& request) {
    return HttpOk(request.find("GET /wrong ") == 0 ? "abd" : "abc");
  });
  const AssetFile file = {
      .urls = {server.Url("/wrong"), server.Url("/right")}, .size = 3, .sha256 = kSumOfAbc};
  const absl::Status status = DownloadAssetFile(file, path_, options_);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(Get(path_), "abc");
}

TEST_F(AssetDownloadTest, ByFormat) {
  ScriptedServer server([](const std::string&) { return HttpOk("<html>please log in</html>"); });
  const AssetFile file = {.urls = {server.Url("/")}, .format = FileFormat::kText};
  EXPECT_THAT(std::string(DownloadAssetFile(file, path_, options_).message()),
              HasSubstr("found a web page"));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(AssetDownloadTest, Unzips) {
  const std::string right = Zipped("SMSSpamCollection", "abc"),
                    wrong = Zipped("SMSSpamCollection", "abd");
  ScriptedServer server([&](const std::string& request) {
    return HttpOk(request.find("GET /wrong ") == 0 ? wrong : right);
  });
  const AssetFile file = {.urls = {server.Url("/wrong"), server.Url("/right")},
                          .size = 3,
                          .sha256 = kSumOfAbc,
                          .zip_member = "SMSSpamCollection"};
  const absl::Status status = DownloadAssetFile(file, path_, options_);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(Get(path_), "abc");
  EXPECT_FALSE(fs::exists(path_ + ".zip"));
}

TEST_F(AssetDownloadTest, ZipErrors) {
  const std::string other = Zipped("other", "abc"), longer = Zipped("SMSSpamCollection", "abcd");
  ScriptedServer server([&](const std::string& request) {
    if (request.find("GET /other ") == 0) return HttpOk(other);
    if (request.find("GET /longer ") == 0) return HttpOk(longer);
    return HttpOk("no zip at all");
  });
  const AssetFile file = {
      .urls = {server.Url("/other"), server.Url("/longer"), server.Url("/none")},
      .size = 3,
      .sha256 = kSumOfAbc,
      .zip_member = "SMSSpamCollection"};
  const std::string message(DownloadAssetFile(file, path_, options_).message());
  EXPECT_THAT(message, HasSubstr("No such file"));
  EXPECT_THAT(message, HasSubstr("larger than the 3 bytes"));
  EXPECT_THAT(message, HasSubstr("not a zip archive"));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(AssetDownloadTest, State) {
  const Asset asset = {.name = "x", .files = {{.path = "a", .size = 3}, {.path = "b"}}};
  EXPECT_EQ(StateOf(asset), AssetState::kMissing);
  Put(folder_ + "/b.part", "1");
  EXPECT_EQ(StateOf(asset), AssetState::kIncomplete);
  Put(folder_ + "/a", "123");
  Put(folder_ + "/b", "1");
  EXPECT_EQ(StateOf(asset), AssetState::kPresent);
  Put(folder_ + "/a", "12");
  EXPECT_EQ(StateOf(asset), AssetState::kIncomplete);
}

}  // namespace
}  // namespace gokart
