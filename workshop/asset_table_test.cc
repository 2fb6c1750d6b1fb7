#include "workshop/asset_table.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

TEST(AssetTableTest, EveryEntryIsComplete) {
  std::set<std::string> names, paths;
  for (const Asset& asset : Assets()) {
    SCOPED_TRACE(asset.name);
    EXPECT_TRUE(names.insert(asset.name).second);
    EXPECT_NE(asset.purpose, "");
    EXPECT_NE(asset.license, "");
    EXPECT_GT(asset.about_bytes, 0);
    EXPECT_FALSE(asset.files.empty());
    for (const AssetFile& file : asset.files) {
      EXPECT_TRUE(paths.insert(file.path).second) << file.path;
      EXPECT_EQ(file.path.find(".."), std::string::npos);
      ASSERT_FALSE(file.urls.empty());
      EXPECT_EQ(file.urls[0].substr(0, 8), "https://");
      EXPECT_TRUE(file.sha256.empty() || file.sha256.size() == 64) << file.sha256;
      // Something must tell the real file from an error page.
      EXPECT_TRUE(!file.sha256.empty() || file.format != FileFormat::kAny || file.size > 0);
    }
  }
  EXPECT_GE(names.size(), 20u);
}

TEST(AssetTableTest, SizesOfGpt2sCheckpointsAsPublished) {
  EXPECT_EQ(FindAsset("gpt2-124M")->files[2].size, 497759232);
  EXPECT_EQ(FindAsset("gpt2-355M")->files[2].size, 1419292672);
}

TEST(AssetTableTest, Find) {
  EXPECT_EQ(FindAsset("sms-spam")->files[0].zip_member, "SMSSpamCollection");
  EXPECT_EQ(FindAsset("no-such"), nullptr);
}

}  // namespace
}  // namespace gokart
