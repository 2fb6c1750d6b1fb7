#include "ch05_pretrain/weights/tf_checkpoint.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch05_pretrain/weights/leveldb_table.h"
#include "ch05_pretrain/weights/tensor_bundle.pb.h"
#include "tensor/quote_for_message.h"

namespace gokart {
namespace {

constexpr int kString = 7;  // TensorFlow's DT_STRING
constexpr int64_t kMaxShards = 99999;

// TensorFlow's DataType, types.proto.
std::optional<DType> FindType(int type) {
  switch (type) {
    case 1:
      return DType::kF32;
    case 2:
      return DType::kF64;
    case 3:
      return DType::kI32;
    case 4:
      return DType::kU8;
    case 5:
      return DType::kI16;
    case 6:
      return DType::kI8;
    case 9:
      return DType::kI64;
    case 10:
      return DType::kBool;
    case 14:
      return DType::kBF16;
    case 19:
      return DType::kF16;
    default:
      return std::nullopt;
  }
}

absl::Status Damaged(const std::string& path, const std::string& what) {
  return absl::DataLossError(absl::StrCat(path, ": ", what));
}

absl::StatusOr<int64_t> ReadHeader(const std::string& value, const std::string& path) {
  tensor_bundle::Header header;
  if (!header.ParseFromString(value)) return Damaged(path, "its header cannot be read");
  if (header.endianness() != 0) {
    return absl::UnimplementedError(absl::StrCat(path, ": holds big-endian numbers"));
  }
  if (header.num_shards() < 1 || header.num_shards() > kMaxShards) {
    return Damaged(path, absl::StrCat("says that it has ", header.num_shards(), " data files"));
  }
  return header.num_shards();
}

absl::Status CheckEntry(const TfIndex::Entry& entry, const tensor_bundle::Entry& proto,
                        int64_t num_shards) {
  if (!proto.slices().empty() || proto.shape().unknown_rank()) {
    return absl::UnimplementedError("is a variable in slices, which is not supported");
  }
  const std::optional<uint64_t> size = ByteSize(entry.tensor.shape, entry.tensor.dtype);
  if (!size || proto.size() < 0 || *size != entry.size) {
    return absl::DataLossError(absl::StrCat("has ", proto.size(), " bytes, expected ",
                                            size ? absl::StrCat(*size) : "fewer", " for ",
                                            entry.tensor.TypeAndShape()));
  }
  if (proto.offset() < 0 || entry.shard < 0 || entry.shard >= num_shards) {
    return absl::DataLossError(absl::StrCat("is at offset ", proto.offset(), " of data file ",
                                            entry.shard, " of ", num_shards));
  }
  return absl::OkStatus();
}

absl::StatusOr<TfIndex::Entry> ReadEntry(const TableRow& row, const tensor_bundle::Entry& proto,
                                         int64_t num_shards) {
  const std::optional<DType> dtype = FindType(proto.dtype());
  if (!dtype) {
    return absl::UnimplementedError(
        absl::StrCat("has numbers of TensorFlow's type ", proto.dtype(), ", which is not known"));
  }
  TfIndex::Entry entry;
  entry.tensor = {.name = row.key, .dtype = *dtype};
  for (const auto& dim : proto.shape().dim()) entry.tensor.shape.push_back(dim.size());
  entry.shard = proto.shard_id();
  entry.offset = static_cast<uint64_t>(proto.offset());
  entry.size = static_cast<uint64_t>(proto.size());
  entry.crc32c = proto.crc32c();
  if (absl::Status s = CheckEntry(entry, proto, num_shards); !s.ok()) return s;
  return entry;
}

}  // namespace

absl::StatusOr<TfIndex> ParseTfIndex(std::span<const std::byte> bytes, const std::string& path,
                                     bool verify_checksums) {
  const absl::StatusOr<std::vector<TableRow>> rows =
      ReadLeveldbTable(bytes, path, verify_checksums);
  if (!rows.ok()) return rows.status();
  if (rows->empty() || !rows->front().key.empty()) {
    return Damaged(path, "is no index of a TensorFlow checkpoint: it has no header");
  }
  const absl::StatusOr<int64_t> num_shards = ReadHeader(rows->front().value, path);
  if (!num_shards.ok()) return num_shards.status();
  TfIndex index = {.num_shards = *num_shards};
  for (size_t i = 1; i < rows->size(); ++i) {
    const std::string what = absl::StrCat("tensor ", QuoteForMessage((*rows)[i].key));
    tensor_bundle::Entry proto;
    if (!proto.ParseFromString((*rows)[i].value)) {
      return Damaged(path, absl::StrCat(what, ": its entry cannot be read"));
    }
    if (proto.dtype() == kString) continue;
    absl::StatusOr<TfIndex::Entry> entry = ReadEntry((*rows)[i], proto, *num_shards);
    if (!entry.ok()) {
      return absl::Status(entry.status().code(),
                          absl::StrCat(path, ": ", what, " ", entry.status().message()));
    }
    index.entries.push_back(*std::move(entry));
  }
  return index;
}

absl::Status PlaceTfTensors(TfIndex index, std::span<const std::span<const std::byte>> shards,
                            TensorFile& file) {
  std::sort(index.entries.begin(), index.entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.shard, a.offset, a.size) < std::tie(b.shard, b.offset, b.size);
  });
  int64_t shard = -1;
  uint64_t end = 0;  // of the tensor before
  for (TfIndex::Entry& entry : index.entries) {
    if (entry.shard != shard) end = 0;
    shard = entry.shard;
    const std::span<const std::byte> data = shards[shard];
    const std::string what = absl::StrCat("tensor ", QuoteForMessage(entry.tensor.name));
    if (entry.offset < end || entry.offset > data.size() ||
        entry.size > data.size() - entry.offset) {
      return Damaged(file.path, absl::StrCat(what, " has ", entry.size, " bytes at offset ",
                                             entry.offset, " of data file ", shard,
                                             "; expected between ", end, " and ", data.size()));
    }
    end = entry.offset + entry.size;
    entry.tensor.bytes = data.subspan(entry.offset, entry.size);
    file.checksums.push_back(
        {what, DataChecksum::Kind::kMaskedCrc32c, entry.crc32c, entry.tensor.bytes});
    file.tensors.push_back(std::move(entry.tensor));
  }
  return absl::OkStatus();
}

absl::StatusOr<TensorFile> OpenTfCheckpoint(const std::string& prefix) {
  const std::string path = prefix + ".index";
  const absl::StatusOr<MappedFile> index_file = MappedFile::Open(path);
  if (!index_file.ok()) return index_file.status();
  absl::StatusOr<TfIndex> index = ParseTfIndex(index_file->bytes(), path);
  if (!index.ok()) return index.status();
  TensorFile file = {.path = path, .format = "TensorFlow checkpoint"};
  std::vector<std::span<const std::byte>> shards;
  for (int64_t i = 0; i < index->num_shards; ++i) {
    absl::StatusOr<MappedFile> shard =
        MappedFile::Open(absl::StrFormat("%s.data-%05d-of-%05d", prefix, i, index->num_shards));
    if (!shard.ok()) return shard.status();
    file.files.push_back(std::make_shared<const MappedFile>(*std::move(shard)));
    shards.push_back(file.files.back()->bytes());
  }
  if (absl::Status s = PlaceTfTensors(*std::move(index), shards, file); !s.ok()) return s;
  return file;
}

}  // namespace gokart
