#include "workshop/assets.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "gtest/gtest.h"

namespace gokart {
namespace {

class AssetFolderTest : public ::testing::Test {
 protected:
  AssetFolderTest() {
    for (const char* name : {"GOKART_ASSETS", "XDG_CACHE_HOME", "HOME"}) unsetenv(name);
  }
};

TEST_F(AssetFolderTest, MostSpecificVariableWins) {
  setenv("HOME", "/home/ada", 1);
  EXPECT_EQ(AssetFolder(), "/home/ada/.cache/gokart/assets");
  setenv("XDG_CACHE_HOME", "/var/cache/ada", 1);
  EXPECT_EQ(AssetFolder(), "/var/cache/ada/gokart/assets");
  setenv("GOKART_ASSETS", "/data/assets", 1);
  EXPECT_EQ(AssetFolder(), "/data/assets");
  EXPECT_EQ(AssetPath("gpt2/vocab.bpe"), "/data/assets/gpt2/vocab.bpe");
}

TEST_F(AssetFolderTest, WithoutHomeAsksTheUserDatabase) {
  const passwd* user = getpwuid(getuid());
  ASSERT_NE(user, nullptr);
  EXPECT_EQ(AssetFolder(), std::string(user->pw_dir) + "/.cache/gokart/assets");
}

TEST_F(AssetFolderTest, EmptyVariablesDoNotCount) {
  setenv("GOKART_ASSETS", "", 1);
  setenv("XDG_CACHE_HOME", "", 1);
  setenv("HOME", "/home/ada", 1);
  EXPECT_EQ(AssetFolder(), "/home/ada/.cache/gokart/assets");
}

}  // namespace
}  // namespace gokart
