#include "ch05_pretrain/weights/tf_checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <leveldb/env.h>
#include <leveldb/options.h>
#include <leveldb/table_builder.h>

#include <map>
#include <string>
#include <vector>

#include "ch05_pretrain/weights/crc32c.h"
#include "ch05_pretrain/weights/leveldb_table.h"
#include "ch05_pretrain/weights/tensor_bundle.pb.h"
#include "tensor/safetensors.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kPrefix[] = "tensor/testdata/gpt2_micro/tf/model.ckpt";

class StringFile : public leveldb::WritableFile {
 public:
  leveldb::Status Append(const leveldb::Slice& data) override {
    text.append(data.data(), data.size());
    return leveldb::Status::OK();
  }
  leveldb::Status Close() override { return leveldb::Status::OK(); }
  leveldb::Status Flush() override { return leveldb::Status::OK(); }
  leveldb::Status Sync() override { return leveldb::Status::OK(); }
  std::string text;
};

// A table as leveldb's own builder writes it.
std::string Table(const std::map<std::string, std::string>& rows, leveldb::CompressionType type) {
  StringFile file;
  leveldb::Options options;
  options.compression = type;
  options.block_size = 512;
  leveldb::TableBuilder builder(options, &file);
  for (const auto& [key, value] : rows) builder.Add(key, value);
  EXPECT_TRUE(builder.Finish().ok());
  return file.text;
}

std::span<const std::byte> Bytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

tensor_bundle::Entry Entry(int32_t dtype, const std::vector<int64_t>& shape, int32_t shard,
                           int64_t offset, int64_t size) {
  tensor_bundle::Entry entry;
  entry.set_dtype(dtype);
  for (const int64_t d : shape) entry.mutable_shape()->add_dim()->set_size(d);
  entry.set_shard_id(shard);
  entry.set_offset(offset);
  entry.set_size(size);
  return entry;
}

std::map<std::string, std::string> RowsWith(const tensor_bundle::Entry& entry, int shards = 2) {
  tensor_bundle::Header header;
  header.set_num_shards(shards);
  return {{"", header.SerializeAsString()}, {"x", entry.SerializeAsString()}};
}

std::string ErrorOf(const std::map<std::string, std::string>& rows) {
  const std::string table = Table(rows, leveldb::kNoCompression);
  return std::string(ParseTfIndex(Bytes(table), "the/path").status().message());
}

TEST(Crc32c, TestVectors) {
  // RFC 3720, B.4, and the check value of the catalogue of parametrised CRCs.
  EXPECT_EQ(Crc32c(Bytes("123456789")), 0xe3069283u);
  EXPECT_EQ(Crc32c(Bytes(std::string(32, '\0'))), 0x8a9136aau);
  EXPECT_EQ(Crc32c(Bytes(std::string(32, '\xff'))), 0x62a8ab43u);
  EXPECT_EQ(Crc32c({}), 0u);
}

TEST(TfCheckpointTest, HoldsWhatTheOtherLayoutsHold) {
  const absl::StatusOr<TensorFile> file = OpenTfCheckpoint(kPrefix);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->path, std::string(kPrefix) + ".index");
  EXPECT_EQ(file->tensors.size(), 28);
  EXPECT_TRUE(VerifyChecksums(*file).ok());
  const absl::StatusOr<SafetensorsFile> hf =
      SafetensorsFile::Open("tensor/testdata/gpt2_micro/hf.safetensors");
  ASSERT_TRUE(hf.ok());
  const StoredTensor* c_attn = file->Find("model/h1/attn/c_attn/w");
  ASSERT_NE(c_attn, nullptr);
  EXPECT_THAT(c_attn->shape, ElementsAre(1, 48, 144));
  EXPECT_EQ(c_attn->Floats(), hf->Find("h.1.attn.c_attn.weight")->Floats());
  EXPECT_EQ(file->Find("model/wte")->Floats(), hf->Find("wte.weight")->Floats());
}

// Larger than one block, compressed by Snappy as TensorFlow once did, in two data files.
TEST(TfCheckpointTest, CompressedIndexOfSeveralFiles) {
  std::map<std::string, std::string> rows = RowsWith(Entry(1, {2}, 0, 0, 8));
  const std::vector<float> first = {1, 2}, second = {3, 4, 5};
  for (int i = 0; i < 100; ++i) {
    const std::string name = "layer_with_a_long_name/" + std::to_string(1000 + i);
    rows[name] = Entry(1, {0, 7}, 0, 8, 0).SerializeAsString();
  }
  tensor_bundle::Entry y = Entry(1, {3, 1}, 1, 0, 12);
  y.set_crc32c(MaskCrc32c(Crc32c(std::as_bytes(std::span(second)))));
  rows["y"] = y.SerializeAsString();
  rows["_CHECKPOINTABLE_OBJECT_GRAPH"] = Entry(7, {}, 0, 8, 0).SerializeAsString();
  const std::string compressed = Table(rows, leveldb::kSnappyCompression);
  ASSERT_LT(compressed.size(), Table(rows, leveldb::kNoCompression).size());

  absl::StatusOr<TfIndex> index = ParseTfIndex(Bytes(compressed), "the/path");
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_EQ(index->num_shards, 2);
  EXPECT_EQ(index->entries.size(), 102) << "strings are left out";
  TensorFile file;
  const std::span<const std::byte> shards[] = {std::as_bytes(std::span(first)),
                                               std::as_bytes(std::span(second))};
  ASSERT_TRUE(PlaceTfTensors(*std::move(index), shards, file).ok());
  EXPECT_THAT(file.Find("x")->Floats(), ElementsAre(1, 2));
  EXPECT_THAT(file.Find("y")->Floats(), ElementsAre(3, 4, 5));
  EXPECT_THAT(file.Find("y")->shape, ElementsAre(3, 1));
  EXPECT_EQ(file.checksums.back().expected, y.crc32c());
}

TEST(TfCheckpointTest, RefusesEntriesThatCannotBe) {
  const auto error = [](const tensor_bundle::Entry& e) { return ErrorOf(RowsWith(e)); };
  EXPECT_EQ(error(Entry(1, {2}, 0, 0, 8)), "");
  EXPECT_THAT(error(Entry(1, {2}, 0, 0, 9)),
              HasSubstr("the/path: tensor \"x\" has 9 bytes, expected 8 for F32 [2]"));
  EXPECT_THAT(error(Entry(1, {-2}, 0, 0, 8)), HasSubstr("expected fewer for F32 [-2]"));
  EXPECT_THAT(error(Entry(1, {int64_t{1} << 32, int64_t{1} << 32}, 0, 0, 0)),
              HasSubstr("expected fewer"));
  EXPECT_THAT(error(Entry(1, {2}, 2, 0, 8)), HasSubstr("is at offset 0 of data file 2 of 2"));
  EXPECT_THAT(error(Entry(1, {2}, 0, -1, 8)), HasSubstr("is at offset -1"));
  EXPECT_THAT(error(Entry(99, {2}, 0, 0, 8)), HasSubstr("TensorFlow's type 99"));
  tensor_bundle::Entry sliced = Entry(1, {2}, 0, 0, 8);
  sliced.add_slices();
  EXPECT_THAT(error(sliced), HasSubstr("is a variable in slices"));
  EXPECT_THAT(ErrorOf(RowsWith(sliced, 0)), HasSubstr("says that it has 0 data files"));
  EXPECT_THAT(ErrorOf({{"x", ""}}), HasSubstr("it has no header"));
  EXPECT_THAT(ErrorOf({{"", "\xff"}}), HasSubstr("its header cannot be read"));
}

TEST(TfCheckpointTest, RefusesTensorsThatOverlapOrLieBehindTheEnd) {
  const std::vector<std::byte> data(16);
  const std::span<const std::byte> shards[] = {data};
  const auto place = [&](std::vector<std::pair<uint64_t, uint64_t>> places) {
    TfIndex index;
    for (const auto& [offset, size] : places) {
      index.entries.push_back({.tensor = {.name = "x"}, .offset = offset, .size = size});
    }
    TensorFile file;
    file.path = "the/path";
    return std::string(PlaceTfTensors(index, shards, file).message());
  };
  EXPECT_EQ(place({{8, 8}, {0, 8}, {8, 0}}), "");
  EXPECT_THAT(place({{8, 12}}), HasSubstr("12 bytes at offset 8 of data file 0; expected between 0 "
                                          "and 16"));
  EXPECT_THAT(place({{0, 8}, {4, 8}}), HasSubstr("expected between 8 and 16"));
  EXPECT_THAT(place({{~uint64_t{0}, 8}}), HasSubstr("expected between 0 and 16"));
}

TEST(LeveldbTableTest, DamageIsFound) {
  const std::string table = Table({{"a", "1"}, {"b", "2"}}, leveldb::kNoCompression);
  ASSERT_TRUE(ReadLeveldbTable(Bytes(table), "the/path").ok());
  for (size_t i = 0; i + 48 < table.size(); ++i) {
    std::string damaged = table;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    const auto rows = ReadLeveldbTable(Bytes(damaged), "the/path");
    // leveldb does not look at the block of filters, which lies between the rows and the index.
    if (!rows.ok()) {
      EXPECT_THAT(std::string(rows.status().message()), HasSubstr("the/path")) << i;
    } else {
      ASSERT_EQ(rows->size(), 2) << i;
      EXPECT_EQ((*rows)[0].key + (*rows)[0].value + (*rows)[1].key + (*rows)[1].value, "a1b2");
    }
  }
}

TEST(TfCheckpointTest, AMissingDataFileIsNamed) {
  const std::string prefix = ::testing::TempDir() + "/lonely";
  ASSERT_TRUE(
      WriteFile(prefix + ".index", Table(RowsWith(Entry(1, {2}, 0, 0, 8)), leveldb::kNoCompression))
          .ok());
  EXPECT_THAT(std::string(OpenTfCheckpoint(prefix).status().message()),
              HasSubstr("lonely.data-00000-of-00002"));
}

}  // namespace
}  // namespace gokart
