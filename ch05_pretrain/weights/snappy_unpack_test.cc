#include "ch05_pretrain/weights/snappy_unpack.h"

#include <gtest/gtest.h>

#include <string>

namespace gokart {
namespace {

using namespace std::string_literals;

std::optional<std::string> Unpack(const std::string& text) { return SnappyUnpack(text, 1000); }

// The tags are made by hand from the format's description.
TEST(SnappyUnpackTest, LiteralsAndCopies) {
  EXPECT_EQ(Unpack("\0"s), "");
  EXPECT_EQ(Unpack("\3\x08xyz"s), "xyz");                // literal of 3: tag (3 - 1) << 2
  EXPECT_EQ(Unpack("\x07\x08xyz\x01\x03"s), "xyzxyzx");  // 4 bytes from 3 back, overlapping
  EXPECT_EQ(Unpack("\5\x08xyz\x06\2\0"s), "xyzyz");      // 2 bytes, place in two bytes
  EXPECT_EQ(Unpack("\4\x08xyz\x03\1\0\0\0"s), "xyzz");   // 1 byte, place in four bytes
  EXPECT_EQ(Unpack("\x64\xf0\x63"s + std::string(100, 'a')), std::string(100, 'a'));
  EXPECT_EQ(Unpack("\x64\xf4\x63\0"s + std::string(100, 'a')), std::string(100, 'a'));
}

TEST(SnappyUnpackTest, RefusesWhatIsBroken) {
  EXPECT_FALSE(Unpack(""));
  EXPECT_FALSE(Unpack("\4\x08xyz"s)) << "less than it says";
  EXPECT_FALSE(Unpack("\2\x08xyz"s)) << "more than it says";
  EXPECT_FALSE(Unpack("\3\x08xy"s)) << "a literal that ends early";
  EXPECT_FALSE(Unpack("\x07\x08xyz\x01\x04"s)) << "a copy from before the start";
  EXPECT_FALSE(Unpack("\x07\x08xyz\x01\0"s)) << "a copy of itself";
  EXPECT_FALSE(Unpack("\x07\x08xyz\x01"s));
  EXPECT_FALSE(Unpack("\x64\xfc\xff\xff\xff\xff"s));
  EXPECT_FALSE(SnappyUnpack("\3\x08xyz"s, 2));
}

}  // namespace
}  // namespace gokart
