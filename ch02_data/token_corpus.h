// A tokenized corpus on disk, read by memory map: as large as the disk, not as memory.
//
//     absl::StatusOr<TokenCorpusWriter> writer = TokenCorpusWriter::Create("corpus.tokens", 50257);
//     writer->Append(ids);   ...   writer->Commit();
//
//     auto corpus = TokenCorpus::Open("corpus.tokens");
//     SlidingWindowDataset dataset(*corpus, /*max_length=*/1024, /*stride=*/1024);
//
// The file, little-endian:
//
//     offset  bytes
//     0       8      "GKTOKENS"
//     8       4      version, 1
//     12      4      bytes per id: 2 for vocabularies of up to 65,536, else 4
//     16      8      size of the vocabulary; all ids are less
//     24      ...    the ids
//     end-24  8      number of ids
//     end-16  8      checksum of all bytes from 0 to here (see CorpusChecksum)
//     end-8   8      "GKTOKEND"
//
// Number and checksum stand at the end because a stream does not know them before.

#ifndef GOKART_CH02_DATA_TOKEN_CORPUS_H_
#define GOKART_CH02_DATA_TOKEN_CORPUS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/token_stream.h"
#include "tensor/atomic_file.h"
#include "tensor/mapped_file.h"

namespace gokart {

/// A running checksum: after each byte b, hash = (hash ^ b) * a constant, eight interleaved streams
/// of 64 bits (FNV-1a on words), so that it runs at the speed of memory. Finds accidents, not
/// forgeries.
class CorpusChecksum {
 public:
  void Add(std::span<const std::byte> bytes);
  uint64_t value() const;

 private:
  void AddBlock(const std::byte* block);

  static constexpr size_t kBlock = 64;
  uint64_t streams_[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  std::byte rest_[kBlock] = {};
  size_t rest_size_ = 0;
};

class TokenCorpusWriter {
 public:
  /// Errors: the file cannot be made; throws std::invalid_argument unless vocab_size > 0.
  static absl::StatusOr<TokenCorpusWriter> Create(const std::string& path, int64_t vocab_size);

  /// Error: an id outside the vocabulary, or a full disk.
  absl::Status Append(std::span<const int32_t> ids);

  /// The file appears under its name; call once, last. Until then what was there before is
  /// untouched.
  absl::Status Commit();

  int64_t size() const { return size_; }

 private:
  TokenCorpusWriter(AtomicFile file, std::string path, int64_t vocab_size);
  absl::Status Write(std::span<const std::byte> bytes);

  AtomicFile file_;
  std::string path_;
  int64_t vocab_size_;
  int64_t size_ = 0;
  CorpusChecksum checksum_;
};

class TokenCorpus : public TokenStream {
 public:
  /// Checks layout, length and, unless `verify` is false, the checksum, for which the whole file is
  /// read once. Errors name the path, what was expected and what was found.
  static absl::StatusOr<std::shared_ptr<const TokenCorpus>> Open(const std::string& path,
                                                                 bool verify = true);

  /// Whether the file begins like a token corpus (and is not text, say).
  static bool IsCorpus(const std::string& path);

  int64_t size() const override { return size_; }
  int64_t vocab_size() const { return vocab_size_; }

  /// Throws std::invalid_argument unless [begin, begin + out.size()) lies inside.
  void Read(int64_t begin, std::span<int32_t> out) const override;

 private:
  explicit TokenCorpus(MappedFile file) : file_(std::move(file)) {}
  absl::Status CheckLayout();
  absl::Status CheckSum() const;

  MappedFile file_;
  int64_t size_ = 0, vocab_size_ = 0;
  int bytes_per_id_ = 0;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_TOKEN_CORPUS_H_
