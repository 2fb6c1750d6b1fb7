#include "tensor/safetensors.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kGolden[] = "tensor/testdata/gpt2_micro/hf.safetensors";

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string TempPath(const std::string& name) { return ::testing::TempDir() + "/" + name; }

// A file's bytes, written down by hand.
std::string FileWith(const std::string& header, const std::string& data) {
  const uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

// The bytes lie in a block of exactly their size, so that a sanitizer sees reads beyond it.
absl::StatusOr<SafetensorsContents> Parse(const std::string& file, std::vector<std::byte>* bytes) {
  const std::span<const std::byte> view = std::as_bytes(std::span(file.data(), file.size()));
  *bytes = std::vector<std::byte>(view.begin(), view.end());
  return ParseSafetensors(*bytes, "the/path");
}

std::string ErrorOf(const std::string& file) {
  std::vector<std::byte> bytes;
  const absl::StatusOr<SafetensorsContents> contents = Parse(file, &bytes);
  return contents.ok() ? "no error" : std::string(contents.status().message());
}

std::string ErrorOf(const std::string& header, const std::string& data) {
  return ErrorOf(FileWith(header, data));
}

// A header with one tensor.
std::string Tensor(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return "{\"t\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + shape + "],\"data_offsets\":[" +
         offsets + "]}}";
}

// --- Reading
// --------------------------------------------------------------------------------------

TEST(SafetensorsTest, ReadsAFileMadeByHand) {
  const std::string file = FileWith(
      R"({"b":{"dtype":"F32","shape":[2,1],"data_offsets":[6,14]},"__metadata__":{"k":"v","":"ä"},)"
      R"("a":{"data_offsets":[0,6],"shape":[3],"dtype":"I16"},)"
      R"("none":{"dtype":"F64","shape":[2,0],"data_offsets":[14,14]},)"
      R"("one":{"dtype":"U8","shape":[],"data_offsets":[14,15]}}   )",
      std::string("\x01\x00\xff\xff\x00\x01\x00\x00\x80\x3f\x00\x00\x00\xc0\x2a", 15));
  std::vector<std::byte> bytes;
  const auto contents = Parse(file, &bytes);
  ASSERT_TRUE(contents.ok()) << contents.status();
  EXPECT_THAT(contents->metadata, ElementsAre(Pair("", "ä"), Pair("k", "v")));
  ASSERT_EQ(contents->entries.size(), 4);
  const StoredTensor &a = contents->entries[0], &b = contents->entries[1];
  EXPECT_EQ(a.name, "a");
  EXPECT_THAT(a.shape, ElementsAre(3));
  EXPECT_THAT(a.Int64s(), ElementsAre(1, -1, 256));
  EXPECT_THROW(a.Floats(), std::invalid_argument);
  EXPECT_EQ(b.name, "b");
  EXPECT_THAT(b.shape, ElementsAre(2, 1));
  EXPECT_THAT(b.Floats(), ElementsAre(1.0f, -2.0f));
  EXPECT_THAT(contents->entries[2].Floats(), IsEmpty());
  EXPECT_THAT(contents->entries[3].shape, IsEmpty());
  EXPECT_THAT(contents->entries[3].Int64s(), ElementsAre(42));
}

TEST(SafetensorsTest, ReadsWhatHuggingFacesLibraryWrote) {
  const absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(kGolden);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(file->metadata(), ElementsAre(Pair("format", "pt")));
  EXPECT_EQ(file->entries().size(), 28);
  const absl::StatusOr<const StoredTensor*> wte = file->Get("wte.weight");
  ASSERT_TRUE(wte.ok()) << wte.status();
  EXPECT_THAT((*wte)->shape, ElementsAre(97, 48));
  const float* floats = (*wte)->FloatsInPlace();
  ASSERT_NE(floats, nullptr);
  EXPECT_EQ(reinterpret_cast<const std::byte*>(floats), (*wte)->bytes.data()) << "no copy";
  EXPECT_EQ(std::vector<float>(floats, floats + 97 * 48), (*wte)->Floats());
  EXPECT_EQ(file->Find("wte"), nullptr);
  EXPECT_THAT(std::string(file->Get("wte").status().message()),
              HasSubstr(std::string(kGolden) + ": there is no tensor \"wte\""));
}

TEST(SafetensorsTest, EntriesSurviveAMove) {
  absl::StatusOr<SafetensorsFile> opened = SafetensorsFile::Open(kGolden);
  ASSERT_TRUE(opened.ok());
  const StoredTensor* before = opened->Find("ln_f.weight");
  const SafetensorsFile file = *std::move(opened);
  EXPECT_EQ(file.Find("ln_f.weight"), before);
  EXPECT_EQ(before->name, "ln_f.weight");
}

TEST(SafetensorsTest, FloatsInPlaceOnlyWhereAligned) {
  const float values[] = {1, 2};
  StoredTensor entry = MakeStoredTensor("x", {2}, values);
  EXPECT_EQ(entry.FloatsInPlace(), values);
  entry.dtype = DType::kI32;
  EXPECT_EQ(entry.FloatsInPlace(), nullptr);
  entry.dtype = DType::kF32;
  entry.bytes = std::as_bytes(std::span(values)).subspan(1, 4);
  EXPECT_EQ(entry.FloatsInPlace(), nullptr);
}

// --- Refusing
// -------------------------------------------------------------------------------------

TEST(SafetensorsTest, ErrorsNameThePath) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("the/path: not a valid safetensors file"));
  EXPECT_FALSE(SafetensorsFile::Open(TempPath("missing")).ok());
}

TEST(SafetensorsTest, RefusesABadLength) {
  EXPECT_THAT(ErrorOf("1234567"), HasSubstr("expected at least 8 bytes, found 7"));
  EXPECT_THAT(ErrorOf(std::string(8, '\0')), HasSubstr("offset 8: expected a header"));
  EXPECT_THAT(ErrorOf(std::string(8, '\xff') + "{}"),
              HasSubstr("a header of 18446744073709551615 bytes, expected at most 2"));
  EXPECT_THAT(ErrorOf(FileWith("{}", "").substr(0, 9)), HasSubstr("expected at most 1"));
  EXPECT_THAT(ErrorOf(" {}", ""), HasSubstr("begins with {"));
  EXPECT_EQ(ErrorOf("{}", ""), "no error");
}

TEST(SafetensorsTest, RefusesAHeaderOfMoreThan100Megabytes) {
  std::string file = FileWith("{}", "");
  file.resize(100'000'100, ' ');
  const auto with_length = [&](uint64_t length) {
    std::memcpy(file.data(), &length, sizeof(length));
    return std::string(ParseSafetensors(std::as_bytes(std::span(file)), "p").status().message());
  };
  EXPECT_THAT(with_length(100'000'001), HasSubstr("expected at most 100000000"));
  EXPECT_THAT(with_length(100'000'000), HasSubstr("92 bytes belong to no tensor"));
}

TEST(SafetensorsTest, RefusesABadHeader) {
  const auto error = [](const std::string& header) { return ErrorOf(header, ""); };
  EXPECT_THAT(error("{"), HasSubstr("offset 9: the header is not valid JSON"));
  EXPECT_THAT(error("{} x"), HasSubstr("offset 11: the header is not valid JSON"));
  EXPECT_THAT(error("{\"\xff\":1}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(error("{\"t\":1e999}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(error("{\"t\":1}"),
              HasSubstr("tensor \"t\": expected an object, found the number 1"));
  EXPECT_THAT(error("{\"t\":[]}"), HasSubstr("expected an object, found an array"));
  EXPECT_THAT(error("{\"t\":{}}"), HasSubstr("expected dtype, shape and data_offsets"));
  EXPECT_THAT(error("{\"t\":{\"type\":1}}"), HasSubstr("data_offsets, found \"type\""));
  EXPECT_THAT(error("{\"t\":{\"dtype\":null}}"), HasSubstr("expected a string, found null"));
  EXPECT_THAT(error("{\"t\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}"),
              HasSubstr("dtype is given twice"));
  EXPECT_THAT(error("{\"t\":{\"shape\":{}}}"), HasSubstr("an array as shape, found an object"));
  EXPECT_THAT(error("{\"__metadata__\":{\"k\":1}}"), HasSubstr("__metadata__: expected a string"));
  EXPECT_THAT(error("{\"__metadata__\":\"x\"}"), HasSubstr("expected an object"));
  EXPECT_THAT(error("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"),
              HasSubstr("key \"k\" is given twice"));
  EXPECT_THAT(error("{\"__metadata__\":{},\"__metadata__\":{}}"), HasSubstr("is given twice"));
  const std::string t = "\"t\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
  EXPECT_EQ(error("{" + t + "}"), "no error");
  EXPECT_THAT(error("{" + t + "," + t + "}"), HasSubstr("name \"t\" is given twice"));
}

TEST(SafetensorsTest, RefusesBadNumbers) {
  EXPECT_EQ(ErrorOf(Tensor("U8", "2,2", "0,4"), "data"), "no error");
  for (const char* wrong : {"-1", "1.0", "1e3", "true", "\"1\"", "[1]", "18446744073709551616"}) {
    EXPECT_THAT(ErrorOf(Tensor("U8", wrong, "0,4"), "data"), HasSubstr("whole number >= 0"));
    EXPECT_THAT(ErrorOf(Tensor("U8", "4", std::string("0,") + wrong), "data"),
                HasSubstr("whole numbers >= 0"));
  }
  for (const char* wrong : {"", "0", "0,4,4"}) {
    EXPECT_THAT(ErrorOf(Tensor("U8", "4", wrong), "data"), HasSubstr("two whole numbers"));
  }
}

TEST(SafetensorsTest, RefusesDataThatDoNotFit) {
  const std::string data = "12345678";
  EXPECT_EQ(ErrorOf(Tensor("F32", "2", "0,8"), data), "no error");
  EXPECT_THAT(ErrorOf(Tensor("F32", "3", "0,8"), data),
              HasSubstr("tensor \"t\" \"F32\" [3]: data_offsets are 0 to 8, expected 12 bytes"));
  EXPECT_THAT(ErrorOf(Tensor("F32", "3", "0,12"), data), HasSubstr("but only 8 bytes follow"));
  EXPECT_THAT(ErrorOf(Tensor("F32", "1", "0,4"), data), HasSubstr("4 bytes belong to no tensor"));
  EXPECT_THAT(ErrorOf(Tensor("F32", "1", "4,8"), data), HasSubstr("begin at 4, expected 0"));
  EXPECT_THAT(ErrorOf(Tensor("F32", "2", "8,0"), data), HasSubstr("begin at 8, expected 0"));
  EXPECT_THAT(ErrorOf(Tensor("F8_E5M2", "8", "0,8"), data), HasSubstr("unknown type"));
  // 2^62 x 4 x 4 bytes is 0 in 64 bits.
  EXPECT_THAT(ErrorOf(Tensor("F32", "4611686018427387904,4", "0,0"), ""), HasSubstr("too large"));
  EXPECT_THAT(ErrorOf(Tensor("U8", "9223372036854775808", "0,0"), ""), HasSubstr("too large"));
  EXPECT_THAT(ErrorOf(Tensor("U8", "0,4611686018427387904,4", "0,0"), ""), HasSubstr("too large"));
  EXPECT_EQ(ErrorOf(Tensor("U8", "0,4611686018427387904", "0,0"), ""), "no error");
}

TEST(SafetensorsTest, RefusesOverlapsAndGaps) {
  const auto error = [](const char* first, const char* second) {
    return ErrorOf(
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[" + std::string(first) +
            "]},\"y\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[" + second + "]}}",
        "12345678");
  };
  EXPECT_EQ(error("0,4", "4,8"), "no error");
  EXPECT_EQ(error("4,8", "0,4"), "no error");
  EXPECT_THAT(error("0,4", "3,7"), HasSubstr("tensor \"y\" \"U8\" [4]: data_offsets begin at 3"));
  EXPECT_THAT(error("0,4", "0,4"), HasSubstr("begin at 0, expected 4"));
  EXPECT_THAT(error("0,4", "5,9"), HasSubstr("begin at 5, expected 4"));
}

TEST(SafetensorsTest, DeepNestingNeitherCrashesNorTakesLong) {
  const std::string deep(5'000'000, '[');
  EXPECT_THAT(ErrorOf("{\"t\":" + deep, ""), HasSubstr("found an array"));
  EXPECT_THAT(ErrorOf(Tensor("U8", deep, "0,0"), ""), HasSubstr("found an array"));
}

TEST(SafetensorsTest, MessagesAreOneShortLine) {
  const std::string name = "\\n\\u001b[31m" + std::string(100'000, 'x');
  const std::string error = ErrorOf("{\"" + name + "\":1}", "");
  EXPECT_LT(error.size(), 300);
  for (const char c : error) EXPECT_TRUE(c >= ' ' && c <= '~') << int{c};
}

// --- Mutations
// ------------------------------------------------------------------------------------

// A small file with several types, empty and scalar tensors.
std::string Specimen() {
  const std::vector<float> f = {1, 2, 3, 4, 5, 6};
  const std::vector<int64_t> i = {7, 8, 9};
  const std::vector<std::byte> raw(6, std::byte{0x3c});
  const std::string path = TempPath("specimen.safetensors");
  const absl::Status status =
      WriteSafetensors(path,
                       {MakeStoredTensor("a.weight", {2, 3}, f),
                        MakeStoredTensor("ids", {3}, i),
                        MakeStoredTensor("one", {}, std::span(f).first(1)),
                        MakeStoredTensor("none", {0, 5}, std::span<float>()),
                        {"half", DType::kF16, {3}, raw},
                        {"flag", DType::kBool, {6}, raw}},
                       {{"format", "pt"}, {"config", "{\"n\": 1}"}});
  EXPECT_TRUE(status.ok()) << status;
  return Read(path);
}

// Damages the file in one of the ways in which files get damaged, or are crafted.
void Mutate(std::string& file, std::mt19937& random) {
  const auto below = [&](size_t n) { return random() % std::max<size_t>(n, 1); };
  static const std::vector<std::string> kPieces = {"{",
                                                   "}",
                                                   "[",
                                                   "]",
                                                   "\"",
                                                   ",",
                                                   ":",
                                                   "0",
                                                   "-",
                                                   "9",
                                                   ".",
                                                   "e",
                                                   "\\",
                                                   "\\ud800",
                                                   "null",
                                                   "18446744073709551615",
                                                   "9223372036854775808",
                                                   "4294967296",
                                                   "\"F64\"",
                                                   "\"BOOL\"",
                                                   "\"shape\"",
                                                   "\"__metadata__\"",
                                                   std::string(1, '\0'),
                                                   "\xff",
                                                   "\n"};
  const size_t place =
      random() % 2 ? below(file.size()) : below(std::min<size_t>(file.size(), 420));
  switch (random() % 7) {
    case 0:
      if (!file.empty()) file[place] ^= 1 << random() % 8;
      break;
    case 1:
      if (!file.empty()) file[place] = static_cast<char>(random());
      break;
    case 2:
      file.resize(place);
      break;
    case 3:
      file.erase(place, 1 + random() % 8);
      break;
    case 4:
      file.insert(place, kPieces[random() % kPieces.size()]);
      break;
    case 5: {
      const std::string& piece = kPieces[random() % kPieces.size()];
      file.replace(place, piece.size(), piece);
      break;
    }
    case 6:
      file.insert(place, file.substr(below(file.size()), 1 + random() % 60));
      break;
  }
}

// After damage within the header, the length at the front would always be found wrong first.
void RepairLength(std::string& file, size_t data_size) {
  if (file.size() < 8 + data_size) return;
  const uint64_t length = file.size() - 8 - data_size;
  std::memcpy(file.data(), &length, sizeof(length));
}

// Everything that a reader of the file may look at.
size_t Touch(const SafetensorsContents& contents, std::span<const std::byte> bytes) {
  size_t data = 0;
  for (const StoredTensor& e : contents.entries) {
    data += e.bytes.size();
    EXPECT_GE(e.bytes.data(), bytes.data());
    EXPECT_LE(e.bytes.data() + e.bytes.size(), bytes.data() + bytes.size());
    size_t count = 1;
    for (const int64_t d : e.shape) count *= d;
    EXPECT_EQ(count, IsFloatingPoint(e.dtype) ? e.Floats().size() : e.Int64s().size());
  }
  return data;
}

TEST(SafetensorsTest, MutatedFilesAreRefusedOrReadWithinBounds) {
  const std::string specimen = Specimen();
  std::vector<std::byte> bytes;
  const absl::StatusOr<SafetensorsContents> original = Parse(specimen, &bytes);
  ASSERT_TRUE(original.ok()) << original.status();
  const size_t data_size = Touch(*original, bytes);
  std::mt19937 random(1);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string file = specimen;
    for (uint32_t n = 1 + random() % 3; n > 0; --n) Mutate(file, random);
    if (random() % 2) RepairLength(file, data_size);
    const absl::StatusOr<SafetensorsContents> contents = Parse(file, &bytes);
    if (contents.ok()) Touch(*contents, bytes);
    ++(contents.ok() ? accepted : refused);
  }
  // Damage to the data or within a name goes unnoticed; nearly everything else must not.
  EXPECT_GT(accepted, 300);
  EXPECT_GT(refused, 10000);
}

TEST(SafetensorsTest, EveryTruncationIsRefused) {
  const std::string specimen = Specimen();
  for (size_t size = 0; size < specimen.size(); ++size) {
    ASSERT_NE(ErrorOf(specimen.substr(0, size)), "no error") << size;
  }
}

// --- Writing
// --------------------------------------------------------------------------------------

TEST(SafetensorsTest, WritesTheBytesOfHuggingFacesLibrary) {
  for (const char* path : {kGolden, "tensor/testdata/gpt2_micro/expected.safetensors",
                           "tensor/testdata/torch_rng.safetensors"}) {
    const absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(path);
    ASSERT_TRUE(file.ok()) << file.status();
    std::vector<StoredTensor> entries = file->entries();
    std::reverse(entries.begin(), entries.end());
    const std::string copy = TempPath("copy.safetensors");
    const absl::Status status = WriteSafetensors(copy, entries, file->metadata());
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_TRUE(Read(copy) == Read(path)) << path;
  }
}

TEST(SafetensorsTest, WritesAnExactFile) {
  const int64_t ids[] = {1, -1};
  const std::vector<std::byte> byte = {std::byte{'x'}};
  const std::string path = TempPath("exact.safetensors");
  const absl::Status status = WriteSafetensors(
      path, {{"b \"ä\"\n", DType::kU8, {1}, byte}, MakeStoredTensor("ids", {1, 2}, ids)},
      {{"k", "v"}});
  ASSERT_TRUE(status.ok()) << status;
  std::string header =
      R"({"__metadata__":{"k":"v"},"ids":{"dtype":"I64","shape":[1,2],"data_offsets":[0,16]},)"
      R"("b \"ä\"\n":{"dtype":"U8","shape":[1],"data_offsets":[16,17]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const std::string data = std::string("\1\0\0\0\0\0\0\0", 8) + std::string(8, '\xff') + "x";
  EXPECT_EQ(Read(path), FileWith(header, data));
}

TEST(SafetensorsTest, WritesFilesWithoutTensorsOrMetadata) {
  const std::string path = TempPath("empty.safetensors");
  ASSERT_TRUE(WriteSafetensors(path, {}).ok());
  EXPECT_EQ(Read(path), FileWith("{}      ", ""));
}

TEST(SafetensorsTest, WritesDataThatAreMadeOneAfterTheOther) {
  const float values[] = {1, 2, 3};
  const std::vector<StoredTensor> tensors = {MakeStoredTensor("x", {3}, values),
                                             MakeStoredTensor("a", {1}, std::span(values).last(1))};
  const std::string whole = TempPath("whole.safetensors"), path = TempPath("pieces.safetensors");
  ASSERT_TRUE(WriteSafetensors(whole, tensors, {{"k", "v"}}).ok());
  std::vector<float> buffer;
  const absl::Status status = WriteSafetensors(
      path, {{"x", DType::kF32, {3}}, {"a", DType::kF32, {1}}}, {{"k", "v"}},
      [&](const StoredTensor& t) {
        buffer = t.name == "x" ? std::vector<float>{1, 2, 3} : std::vector<float>{3};
        return std::as_bytes(std::span(buffer));
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Read(path), Read(whole));
  const absl::Status error =
      WriteSafetensors(TempPath("none.safetensors"), tensors, {},
                       [](const StoredTensor&) { return absl::OutOfRangeError("too large"); });
  EXPECT_EQ(error.message(), "too large");
  EXPECT_FALSE(std::filesystem::exists(TempPath("none.safetensors")));
}

TEST(SafetensorsTest, ReplacesTheFileThatItsDataComeFrom) {
  const std::string path = TempPath("itself.safetensors");
  const float values[] = {1, 2, 3};
  ASSERT_TRUE(WriteSafetensors(path, {MakeStoredTensor("x", {3}, values)}).ok());
  for (int i = 0; i < 2; ++i) {
    const absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(path);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_THAT(file->entries()[0].Floats(), ElementsAre(1, 2, 3));
    ASSERT_TRUE(WriteSafetensors(path, file->entries()).ok());
  }
}

TEST(SafetensorsTest, AFolderThatCannotBeWrittenToIsAnError) {
  const absl::Status status = WriteSafetensors(TempPath("no/such/folder.safetensors"), {});
  EXPECT_THAT(std::string(status.message()), HasSubstr("no/such/folder.safetensors"));
}

TEST(SafetensorsTest, ThrowsOnEntriesThatNoFileCanHold) {
  const float values[] = {1, 2, 3};
  const std::string path = TempPath("never.safetensors");
  const auto write = [&](std::vector<StoredTensor> entries) {
    return WriteSafetensors(path, std::move(entries));
  };
  const StoredTensor good = MakeStoredTensor("x", {3}, values);
  EXPECT_THROW(MakeStoredTensor("x", {2}, values), std::invalid_argument);
  EXPECT_THROW(MakeStoredTensor("x", {-3}, values), std::invalid_argument);
  EXPECT_THROW(write({good, good}), std::invalid_argument);
  StoredTensor bad = good;
  bad.name = "__metadata__";
  EXPECT_THROW(write({bad}), std::invalid_argument);
  bad.name = "\xff";
  EXPECT_THROW(write({bad}), std::invalid_argument);
  bad = good;
  bad.shape = {4};
  EXPECT_THROW(write({bad}), std::invalid_argument);
  EXPECT_THROW((void)WriteSafetensors(path, {good}, {{"\xff", ""}}), std::invalid_argument);
  EXPECT_THROW(
      (void)WriteSafetensors(path, {good}, {},
                             [](const StoredTensor&) { return std::span<const std::byte>(); }),
      std::invalid_argument);
  const std::vector<std::byte> block(34);
  EXPECT_THROW(write({{"q", DType::kQ8_0, {32}, block}}), std::invalid_argument);
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace gokart
