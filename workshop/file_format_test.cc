#include "workshop/file_format.h"

#include <unistd.h>

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

std::string Check(const std::string& content, FileFormat format) {
  const std::string path = ::testing::TempDir() + "/file_format_test." + std::to_string(getpid());
  std::ofstream(path, std::ios::binary) << content;
  return std::string(CheckFormat(path, format).message());
}

std::string Safetensors(const std::string& header, size_t bytes) {
  std::string file(8, '\0');
  file[0] = static_cast<char>(header.size());
  return file + header + std::string(bytes, 'x');
}

TEST(CheckFormatTest, Text) {
  EXPECT_EQ(Check("Dorothea — naïve\r\n\tand\f", FileFormat::kText), "");
  EXPECT_THAT(Check("", FileFormat::kText), HasSubstr("an empty file"));
  EXPECT_THAT(Check("\n <!DOCTYPE HTML><html>gone", FileFormat::kText), HasSubstr("a web page"));
  EXPECT_THAT(Check("abc\xff", FileFormat::kText), HasSubstr("offset 3"));
  EXPECT_THAT(Check(std::string("ab\0c", 4), FileFormat::kText), HasSubstr("offset 2"));
  EXPECT_THAT(Check("ab\xE2\x94", FileFormat::kText), HasSubstr("offset 2"));
}

TEST(CheckFormatTest, Json) {
  EXPECT_EQ(Check("[{\"instruction\": \"x\"}]\n", FileFormat::kJson), "");
  EXPECT_THAT(Check("[{\"instruction\": \"x\"", FileFormat::kJson), HasSubstr("expected JSON"));
  EXPECT_THAT(Check("<html>", FileFormat::kJson), HasSubstr("web page"));
  EXPECT_NE(Check(std::string(1000000, '['), FileFormat::kJson), "");
}

TEST(CheckFormatTest, Safetensors) {
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";
  EXPECT_EQ(Check(Safetensors(header, 12), FileFormat::kSafetensors), "");
  EXPECT_THAT(Check(Safetensors(header, 11), FileFormat::kSafetensors),
              HasSubstr("only 11 bytes follow"));
  EXPECT_THAT(Check(Safetensors(header, 13), FileFormat::kSafetensors),
              HasSubstr("1 bytes belong to no tensor"));
  EXPECT_THAT(Check(Safetensors("[1]", 0), FileFormat::kSafetensors),
              HasSubstr("not a valid safetensors file"));
  EXPECT_THAT(Check(Safetensors(R"({"a":{"data_offsets":[0,"8"]}})", 8), FileFormat::kSafetensors),
              HasSubstr("not a valid safetensors file"));
  EXPECT_THAT(Check("<html>", FileFormat::kSafetensors), HasSubstr("found 6"));
  EXPECT_THAT(Check("<html> not found", FileFormat::kSafetensors), HasSubstr("a header of"));
}

TEST(CheckFormatTest, TensorFlowIndex) {
  const std::string magic = "\x57\xfb\x80\x8b\x24\x75\x47\xdb";
  EXPECT_EQ(Check(std::string(40, '\0') + magic, FileFormat::kTensorFlowIndex), "");
  EXPECT_NE(Check(std::string(39, '\0') + magic, FileFormat::kTensorFlowIndex), "");
  EXPECT_NE(Check(std::string(100, '\0'), FileFormat::kTensorFlowIndex), "");
}

TEST(CheckFormatTest, Gzip) {
  EXPECT_EQ(Check("\x1f\x8b\x08" + std::string(20, 'x'), FileFormat::kGzip), "");
  EXPECT_NE(Check("\x1f\x8b\x08", FileFormat::kGzip), "");
  EXPECT_NE(Check(std::string(30, 'x'), FileFormat::kGzip), "");
}

TEST(CheckFormatTest, MissingFile) {
  EXPECT_EQ(CheckFormat("/no/such", FileFormat::kText).code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace gokart
