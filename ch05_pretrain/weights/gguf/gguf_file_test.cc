#include "ch05_pretrain/weights/gguf/gguf_file.h"

#include <cstring>
#include <random>
#include <stdexcept>

#include "ch05_pretrain/weights/gguf/little_endian.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using std::string_literals::operator""s;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string TempPath(const std::string& name) { return testing::TempDir() + name; }

std::string Text(const std::string& text) {
  std::string out;
  AppendLittleEndian<uint64_t>(out, text.size());
  return out + text;
}

template <typename T>
std::string Raw(T value) {
  std::string out;
  AppendLittleEndian<T>(out, value);
  return out;
}

std::string Padded(std::string bytes, size_t alignment) {
  bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
  return bytes;
}

// A file by the specification: three values (one an array of strings), two tensors, 64-byte
// alignment.
std::string Header(uint32_t version = 3, uint64_t tensors = 2, uint64_t values = 3) {
  return "GGUF" + Raw<uint32_t>(version) + Raw<uint64_t>(tensors) + Raw<uint64_t>(values);
}
std::string Alignment(uint32_t alignment) {
  return Text("general.alignment") + Raw<uint32_t>(4) + Raw<uint32_t>(alignment);
}
std::string Values() {
  return Alignment(64) + Text("x.scale") + Raw<uint32_t>(6) + Raw<float>(0.5f) + Text("x.names") +
         Raw<uint32_t>(9) + Raw<uint32_t>(8) + Raw<uint64_t>(2) + Text("ab") + Text("");
}
std::string TensorInfo(const std::string& name, std::vector<uint64_t> dimensions, uint32_t type,
                       uint64_t offset) {
  std::string out = Text(name) + Raw<uint32_t>(static_cast<uint32_t>(dimensions.size()));
  for (const uint64_t d : dimensions) out += Raw<uint64_t>(d);
  return out + Raw<uint32_t>(type) + Raw<uint64_t>(offset);
}
std::string Infos() { return TensorInfo("w", {3, 2}, 0, 0) + TensorInfo("b", {2}, 1, 64); }
std::string Data() {
  std::string w;
  for (const float x : {1.f, 2.f, 3.f, 4.f, 5.f, 6.f}) w += Raw<float>(x);
  return Padded(w, 64) + Padded("\0\x3c\0\xc0"s, 64);
}
std::string Specimen() { return Padded(Header() + Values() + Infos(), 64) + Data(); }

// Heap memory of exactly the file's size, so that a sanitizer sees every read beyond its end.
absl::StatusOr<GgufContents> Parse(const std::string& file, std::vector<std::byte>* bytes) {
  bytes->assign(reinterpret_cast<const std::byte*>(file.data()),
                reinterpret_cast<const std::byte*>(file.data()) + file.size());
  bytes->shrink_to_fit();
  return ParseGguf(*bytes, "model.gguf");
}

std::string ErrorOf(const std::string& file) {
  std::vector<std::byte> bytes;
  const absl::StatusOr<GgufContents> contents = Parse(file, &bytes);
  return contents.ok() ? "no error" : std::string(contents.status().message());
}

std::vector<float> FloatsOf(const GgufTensor& tensor) {
  std::vector<float> out(static_cast<size_t>(tensor.size()));
  ToFloats(DTypeOf(tensor.type).value(), tensor.bytes, out);
  return out;
}

TEST(GgufFileTest, ReadsTheSpecimen) {
  std::vector<std::byte> bytes;
  const absl::StatusOr<GgufContents> contents = Parse(Specimen(), &bytes);
  ASSERT_TRUE(contents.ok()) << contents.status();
  EXPECT_EQ(*GetValue<float>(contents->metadata, "x.scale"), 0.5f);
  EXPECT_THAT(*GetArray<std::string>(contents->metadata, "x.names"), ElementsAre("ab", ""));
  EXPECT_EQ(GetInteger(contents->metadata, "general.alignment"), 64);
  EXPECT_EQ(GetInteger(contents->metadata, "x.scale"), std::nullopt);
  EXPECT_EQ(GetValue<double>(contents->metadata, "x.scale"), nullptr);
  ASSERT_EQ(contents->tensors.size(), 2);
  EXPECT_EQ(contents->tensors[0].name, "w");
  EXPECT_THAT(contents->tensors[0].shape, ElementsAre(2, 3));  // rows first
  EXPECT_THAT(FloatsOf(contents->tensors[0]), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(FloatsOf(contents->tensors[1]), ElementsAre(1, -2));
}

TEST(GgufFileTest, WritesTheSpecimen) {
  std::vector<std::byte> bytes;
  const absl::StatusOr<GgufContents> contents = Parse(Specimen(), &bytes);
  ASSERT_TRUE(contents.ok()) << contents.status();
  const std::string path = TempPath("specimen.gguf");
  const absl::Status status = WriteGguf(path, contents->metadata, contents->tensors,
                                        [](const GgufTensor& tensor) { return tensor.bytes; });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(ReadFile(path).value(), Specimen());
}

TEST(GgufFileTest, EveryTypeOfValueSurvives) {
  const GgufMetadata metadata = {
      {"u8", uint8_t{255}},
      {"i8", int8_t{-1}},
      {"u16", uint16_t{65535}},
      {"i16", int16_t{-2}},
      {"u32", uint32_t{4294967295}},
      {"i32", int32_t{-3}},
      {"f32", 1.5f},
      {"bool", true},
      {"string", std::string("ü\0\n", 4)},
      {"u64", uint64_t{1} << 63},
      {"i64", int64_t{-4}},
      {"f64", 0.1},
      {"bools", GgufArray(std::vector<bool>{true, false})},
      {"i32s", GgufArray(std::vector<int32_t>{1, -1})},
      {"none", GgufArray(std::vector<std::string>())},
      {"f64s", GgufArray(std::vector<double>{0.1})},
  };
  const std::string path = TempPath("values.gguf");
  const auto no_bytes = [](const GgufTensor&) { return std::span<const std::byte>(); };
  const absl::Status status = WriteGguf(path, metadata, {}, no_bytes);
  ASSERT_TRUE(status.ok()) << status;
  const absl::StatusOr<GgufFile> file = GgufFile::Open(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->metadata() == metadata);
  EXPECT_EQ(GetInteger(metadata, "u64"), std::nullopt);  // beyond 63 bits
  EXPECT_EQ(GetInteger(metadata, "i8"), -1);
  EXPECT_EQ(GetInteger(metadata, "bool"), std::nullopt);
  EXPECT_EQ(ValueText(*FindValue(metadata, "bools")), "[2 bool]");
  EXPECT_EQ(ValueText(*FindValue(metadata, "i16")), "-2");
}

TEST(GgufFileTest, RefusesOtherFiles) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("model.gguf"));
  EXPECT_THAT(ErrorOf("GGML" + Specimen().substr(4)), HasSubstr("expected \"GGUF\""));
  EXPECT_THAT(ErrorOf(Header(1) + Values()), HasSubstr("offset 4: version 1, expected 2 or 3"));
  EXPECT_THAT(ErrorOf(Header(0x03000000)), HasSubstr("big-endian"));
}

std::string WithInfos(const std::string& infos, uint64_t count) {
  return Padded(Header(3, count) + Values() + infos, 64) + Data();
}

TEST(GgufFileTest, RefusesTensorsThatDoNotFit) {
  EXPECT_THAT(ErrorOf(WithInfos(TensorInfo("w", {3, 2}, 0, 32), 1)),
              HasSubstr("tensor \"w\" [2, 3] is at 32 in the data, expected 0"));
  EXPECT_THAT(ErrorOf(WithInfos(TensorInfo("w", {40}, 0, 0), 1)), HasSubstr("the file ends at"));
  EXPECT_THAT(ErrorOf(WithInfos(TensorInfo("w", {1 << 20}, 0, 0), 1)), HasSubstr("past the file"));
  EXPECT_THAT(ErrorOf(WithInfos(TensorInfo("w", {uint64_t{1} << 40, uint64_t{1} << 40}, 0, 0), 1)),
              HasSubstr("can't be stored as F32"));
  EXPECT_THAT(ErrorOf(WithInfos(TensorInfo("w", {~uint64_t{0}}, 0, 0), 1)),
              HasSubstr("can't be stored"));
  EXPECT_THAT(ErrorOf(WithInfos(TensorInfo("w", {3}, 8, 0), 1)),
              HasSubstr("[3] can't be stored as Q8_0"));
  EXPECT_THAT(ErrorOf(WithInfos(TensorInfo("w", {3}, 77, 0), 1)), HasSubstr("unknown type 77"));
  EXPECT_THAT(ErrorOf(WithInfos(TensorInfo("w", {}, 0, 0), 1)), HasSubstr("0 dimensions"));
  EXPECT_THAT(ErrorOf(WithInfos(TensorInfo("w", {1, 1, 1, 1, 1}, 0, 0), 1)),
              HasSubstr("5 dimensions"));
  EXPECT_THAT(ErrorOf(WithInfos(TensorInfo("w", {3, 2}, 0, 0) + TensorInfo("w", {2}, 1, 64), 2)),
              HasSubstr("the tensor \"w\" a second time"));
}

TEST(GgufFileTest, RefusesValuesThatDoNotFit) {
  const auto error = [](const std::string& value) { return ErrorOf(Header(3, 0, 1) + value); };
  const std::string key = Text("k");
  EXPECT_THAT(error(Raw<uint64_t>(1 << 20)), HasSubstr("a key of 1048576 bytes"));
  EXPECT_THAT(error(key + Raw<uint32_t>(13)), HasSubstr("a value of type 13"));
  EXPECT_THAT(error(key + Raw<uint32_t>(8) + Raw<uint64_t>(9)), HasSubstr("a string of 9 bytes"));
  EXPECT_THAT(error(key + Raw<uint32_t>(9) + Raw<uint32_t>(8) + Raw<uint64_t>(~uint64_t{0})),
              HasSubstr("an array of 18446744073709551615 elements"));
  EXPECT_THAT(error(key + Raw<uint32_t>(9) + Raw<uint32_t>(9) + Raw<uint64_t>(1)),
              HasSubstr("an array of arrays"));
  EXPECT_THAT(error(key + Raw<uint32_t>(9) + Raw<uint32_t>(20) + Raw<uint64_t>(1)),
              HasSubstr("elements of type 20"));
  for (const uint32_t alignment : {0, 7, 24, 1 << 30}) {
    EXPECT_THAT(error(Alignment(alignment)), HasSubstr("expected a power of two")) << alignment;
  }
  EXPECT_THAT(ErrorOf(Header(3, 0, 2) + Alignment(32) + Alignment(32)),
              HasSubstr("the key \"general.alignment\" a second time"));
}

TEST(GgufFileTest, EveryTruncationIsRefused) {
  const std::string specimen = Specimen();
  const size_t needed = specimen.size() - 60;  // the last tensor's padding may be missing
  for (size_t size = 0; size < needed; ++size) {
    ASSERT_NE(ErrorOf(specimen.substr(0, size)), "no error") << size;
  }
  EXPECT_EQ(ErrorOf(specimen.substr(0, needed)), "no error");
}

TEST(GgufFileTest, DamagedFilesAreRefusedOrReadWithinBounds) {
  const std::string specimen = Specimen();
  std::mt19937 random(1);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string file = specimen;
    for (uint32_t n = 1 + random() % 3; n > 0; --n) {
      const size_t place = random() % file.size();
      if (random() % 4 == 0) {
        const uint64_t values[] = {0, 1, 255, uint64_t{1} << 31, uint64_t{1} << 62, ~uint64_t{0}};
        std::memcpy(&file[place], &values[random() % 6], std::min<size_t>(8, file.size() - place));
      } else {
        file[place] ^= static_cast<char>(1 << random() % 8);
      }
    }
    std::vector<std::byte> bytes;
    const absl::StatusOr<GgufContents> contents = Parse(file, &bytes);
    ++(contents.ok() ? accepted : refused);
    if (!contents.ok()) continue;
    for (const GgufTensor& t : contents->tensors) {
      ASSERT_GE(t.bytes.data(), bytes.data());
      ASSERT_LE(t.bytes.data() + t.bytes.size(), bytes.data() + bytes.size());
      if (DTypeOf(t.type)) FloatsOf(t);
    }
  }
  EXPECT_GT(accepted, 300);
  EXPECT_GT(refused, 5000);
}

TEST(GgufFileTest, WritingThrowsOnWhatNoFileHolds) {
  const std::vector<std::byte> data(64);
  const auto write = [&](const GgufMetadata& metadata, const std::vector<GgufTensor>& tensors) {
    return WriteGguf(TempPath("never.gguf"), metadata, tensors,
                     [&](const GgufTensor&) { return std::span(data); });
  };
  EXPECT_THROW((void)write({{"k", true}, {"k", true}}, {}), std::invalid_argument);
  EXPECT_THROW((void)write({{"general.alignment", uint32_t{33}}}, {}), std::invalid_argument);
  EXPECT_THROW((void)write({{"k", GgufArray(GgufNothing())}}, {}), std::invalid_argument);
  const GgufTensor good = {"w", GgmlType::kF32, {16}};
  EXPECT_TRUE(write({}, {good}).ok());
  EXPECT_THROW((void)write({}, {good, good}), std::invalid_argument);
  EXPECT_THROW((void)write({}, {{"w", GgmlType::kF32, {15}}}), std::invalid_argument);
  EXPECT_THROW((void)write({}, {{"w", GgmlType::kF32, {}}}), std::invalid_argument);
  EXPECT_THROW((void)write({}, {{"w", GgmlType::kQ8_0, {31}}}), std::invalid_argument);
}

}  // namespace
}  // namespace gokart
