#include "workshop/run_folder.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace gokart {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class RunFolderTest : public ::testing::Test {
 protected:
  ~RunFolderTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  static std::string Get(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::string folder_ = ::testing::TempDir() + "/run_folder_test." + std::to_string(getpid());
  const nlohmann::json config_ = {{"model", "gpt2-small"}, {"seed", 123}};
};

TEST_F(RunFolderTest, CreatesWithConfig) {
  const absl::StatusOr<RunFolder> run = RunFolder::Create(Path("deep/mine"), config_);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->path(), Path("deep/mine"));
  EXPECT_EQ(run->File("loss.png"), Path("deep/mine/loss.png"));
  EXPECT_EQ(Get(Path("deep/mine/config.json")),
            "{\n  \"model\": \"gpt2-small\",\n  \"seed\": 123\n}\n");
}

TEST_F(RunFolderTest, NeverOverwrites) {
  fs::create_directories(Path("mine"));
  std::ofstream(Path("mine/precious.txt")) << "x";
  const absl::Status status = RunFolder::Create(Path("mine"), config_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), HasSubstr(Path("mine")));
  EXPECT_FALSE(fs::exists(Path("mine/config.json")));
}

TEST_F(RunFolderTest, NumbersRuns) {
  EXPECT_EQ(RunFolder::CreateNumbered(folder_, "train", config_)->path(), Path("train-1"));
  EXPECT_EQ(RunFolder::CreateNumbered(folder_, "train", config_)->path(), Path("train-2"));
  EXPECT_EQ(RunFolder::CreateNumbered(folder_, "other", config_)->path(), Path("other-1"));
}

TEST_F(RunFolderTest, TheUsersChoiceOrTheNextFreeOne) {
  const fs::path before = fs::current_path();
  fs::create_directories(folder_);
  fs::current_path(folder_);
  for (const auto& [out, expected] :
       {std::pair("", "runs/train-1"), std::pair("mine", "mine"), std::pair("", "runs/train-2")}) {
    const absl::StatusOr<RunFolder> run = RunFolder::CreateChosen(out, "train", config_);
    ASSERT_TRUE(run.ok()) << run.status();
    EXPECT_EQ(run->path(), expected);
    EXPECT_EQ(run->config(), config_);
    EXPECT_TRUE(fs::exists(Path(std::string(expected) + "/config.json")));
  }
  EXPECT_EQ(RunFolder::CreateChosen("mine", "train", config_).status().code(),
            absl::StatusCode::kAlreadyExists);
  fs::current_path(before);
}

TEST_F(RunFolderTest, ReopensWithTheSameConfig) {
  { ASSERT_TRUE(RunFolder::Create(Path("mine"), config_).ok()); }
  const absl::StatusOr<RunFolder> run = RunFolder::Open(Path("mine"));
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->config(), config_);
}

TEST_F(RunFolderTest, OneProcessAtATime) {
  std::optional<RunFolder> run = *RunFolder::Create(Path("mine"), config_);
  EXPECT_THAT(std::string(RunFolder::Open(Path("mine")).status().message()),
              HasSubstr("another process"));
  run.reset();
  EXPECT_TRUE(RunFolder::Open(Path("mine")).ok());
}

TEST_F(RunFolderTest, NotARun) {
  EXPECT_EQ(RunFolder::Open(Path("missing")).status().code(), absl::StatusCode::kNotFound);
  fs::create_directories(Path("empty"));
  EXPECT_THAT(std::string(RunFolder::Open(Path("empty")).status().message()),
              HasSubstr("config.json"));
  fs::create_directories(Path("broken"));
  std::ofstream(Path("broken/config.json")) << "{\"model\": ";
  EXPECT_THAT(std::string(RunFolder::Open(Path("broken")).status().message()),
              HasSubstr("config.json: byte 11: no valid JSON"));
  std::ofstream(Path("file")) << "x";
  EXPECT_FALSE(RunFolder::Open(Path("file")).ok());
  EXPECT_FALSE(RunFolder::Create(Path("file"), config_).ok());
}

TEST_F(RunFolderTest, ConfigWithBytesThatAreNoUtf8) {
  EXPECT_TRUE(RunFolder::Create(Path("mine"), {{"text", "\xff.txt"}}).ok());
  EXPECT_THAT(Get(Path("mine/config.json")), HasSubstr("\xEF\xBF\xBD.txt"));
}

}  // namespace
}  // namespace gokart
