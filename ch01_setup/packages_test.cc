#include "ch01_setup/packages.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

TEST(ParsePackagesTest, NamesAndPurposes) {
  const std::vector<Package> packages =
      ParsePackages("# comment\n\ng++     the compiler\nlibzip-dev  zip: archives\nbare\n");
  ASSERT_EQ(packages.size(), 3u);
  EXPECT_EQ(packages[0].name, "g++");
  EXPECT_EQ(packages[0].purpose, "the compiler");
  EXPECT_EQ(packages[1].purpose, "zip: archives");
  EXPECT_EQ(packages[2].name, "bare");
}

TEST(FillVersionsTest, OnlyWhatIsInstalledCounts) {
  std::vector<Package> packages = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
  FillVersions("a\t1.2-3\tinstalled\nb\t4.5\tconfig-files\nd\t1\tinstalled\n", &packages);
  EXPECT_EQ(packages[0].version, "1.2-3");
  EXPECT_EQ(packages[1].version, "");
  EXPECT_EQ(packages[2].version, "");
  EXPECT_EQ(InstallCommand(packages), "sudo apt-get install --no-install-recommends b c");
}

TEST(InstallCommandTest, NothingToInstall) {
  EXPECT_EQ(InstallCommand({{.name = "a", .version = "1"}}), "");
}

TEST(ProjectPackagesTest, TheCompilerIsThere) {
  const absl::StatusOr<std::vector<Package>> packages = ProjectPackages();
  if (!packages.ok()) GTEST_SKIP() << packages.status();
  ASSERT_GT(packages->size(), 20u);
  for (const Package& package : *packages) EXPECT_NE(package.purpose, "") << package.name;
}

}  // namespace
}  // namespace gokart
