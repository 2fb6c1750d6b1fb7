#include "ch01_setup/asset_commands.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

class AssetCommandsTest : public ::testing::Test {
 protected:
  AssetCommandsTest() { setenv("GOKART_ASSETS", folder_.c_str(), 1); }
  ~AssetCommandsTest() override { std::filesystem::remove_all(folder_); }

  // What the function prints; its error message is in error_.
  template <class Function>
  std::string Output(const Function& function) {
    ::testing::internal::CaptureStdout();
    error_ = std::string(function().message());
    return ::testing::internal::GetCapturedStdout();
  }

  const std::string folder_ =
      ::testing::TempDir() + "/asset_commands_test." + std::to_string(getpid());
  std::string error_;
};

TEST_F(AssetCommandsTest, ListShowsAllWithSizeLicenceAndAddress) {
  const std::string text = Output([] { return ListAssets({}); });
  EXPECT_EQ(error_, "");
  for (const char* part :
       {"the-verdict", "20.5 kB", "public domain", "gpt2-1558M", "6.2 GB", "CC BY 4.0",
        "https://archive.ics.uci.edu/static/public/228/sms+spam+collection.zip"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, HasSubstr("The asset folder is " + folder_));
}

TEST_F(AssetCommandsTest, ListOfOneShowsChecksumAndState) {
  EXPECT_THAT(Output([] { return ListAssets({"the-verdict"}); }),
              ::testing::AllOf(HasSubstr("sha256 b41e41a68f0398a3"), HasSubstr("state    -\n")));
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ + "/the-verdict.txt") << std::string(20479, 'x');
  EXPECT_THAT(Output([] { return ListAssets({"the-verdict"}); }), HasSubstr("state    here\n"));
}

TEST_F(AssetCommandsTest, UnknownNames) {
  Output([] { return ListAssets({"the-verdct"}); });
  EXPECT_EQ(error_, "unknown asset 'the-verdct'; did you mean the-verdict?");
  Output([] { return DownloadAssets({"zzz"}); });
  EXPECT_EQ(error_, "unknown asset 'zzz'; `list` shows all");
  Output([] { return DownloadAssets({}); });
  EXPECT_EQ(error_, "download what? Give one or more names; `list` shows them");
}

}  // namespace
}  // namespace gokart
