// The contents of a leveldb table (.ldb, .sst), in which TensorFlow keeps a checkpoint's index.
//
//   absl::StatusOr<std::vector<TableRow>> rows = ReadLeveldbTable(file->bytes(), file->path());
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_LEVELDB_TABLE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_LEVELDB_TABLE_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart {

struct TableRow {
  std::string key;
  std::string value;
};

/// Whether the bytes end as a table does.
bool IsLeveldbTable(std::span<const std::byte> bytes);

/// All rows in the order of their keys, read by leveldb with checksums. Errors name the path: no
/// table, a block that lies outside of the file, overlaps another or is damaged, keys out of order.
/// Memory is bounded by a multiple of the table's size. Without checksums, fuzzers get further.
absl::StatusOr<std::vector<TableRow>> ReadLeveldbTable(std::span<const std::byte> bytes,
                                                       const std::string& path,
                                                       bool verify_checksums = true);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_LEVELDB_TABLE_H_
