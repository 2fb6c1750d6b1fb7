#include "workshop/sha256.h"

#include <unistd.h>

#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace gokart {
namespace {

// The examples of FIPS 180-4.
constexpr char kEmpty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kMillionA[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256Test, PublishedSums) {
  EXPECT_EQ(Sha256().Hex(), kEmpty);
  Sha256 abc;
  abc.Add("a", 1);
  abc.Add("bc", 2);
  EXPECT_EQ(abc.Hex(), kAbc);
}

TEST(Sha256Test, OfAFile) {
  const std::string path = ::testing::TempDir() + "/sha256_test." + std::to_string(getpid());
  std::ofstream(path) << std::string(1000000, 'a');
  EXPECT_EQ(*Sha256OfFile(path), kMillionA);
  EXPECT_EQ(Sha256OfFile(path + ".missing").status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(Sha256OfFile(::testing::TempDir()).ok());
}

}  // namespace
}  // namespace gokart
