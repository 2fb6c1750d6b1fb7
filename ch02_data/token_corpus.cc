#include "ch02_data/token_corpus.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

constexpr uint32_t kVersion = 1;
constexpr std::string_view kMagic = "GKTOKENS", kEndMagic = "GKTOKEND";
constexpr int64_t kMaxTwoByteVocabulary = 65536;
constexpr int64_t kMaxVocabulary = int64_t{1} << 31;

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t bytes_per_id;
  int64_t vocab_size;
};
struct Footer {
  int64_t size;
  uint64_t checksum;
  char magic[8];
};
static_assert(sizeof(Header) == 24 && sizeof(Footer) == 24);

int BytesPerId(int64_t vocab_size) { return vocab_size <= kMaxTwoByteVocabulary ? 2 : 4; }

template <typename T>
std::span<const std::byte> BytesOf(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

absl::Status Broken(const std::string& path, const std::string& message) {
  return absl::DataLossError(path + ": " + message);
}

}  // namespace

void CorpusChecksum::AddBlock(const std::byte* block) {
  uint64_t words[8];
  std::memcpy(words, block, kBlock);
  for (int i = 0; i < 8; ++i) streams_[i] = (streams_[i] ^ words[i]) * 0x100000001B3u;
}

void CorpusChecksum::Add(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (rest_size_ == 0 && bytes.size() >= kBlock) {
      AddBlock(bytes.data());
      bytes = bytes.subspan(kBlock);
      continue;
    }
    const size_t n = std::min(bytes.size(), kBlock - rest_size_);
    std::memcpy(rest_ + rest_size_, bytes.data(), n);
    rest_size_ += n;
    bytes = bytes.subspan(n);
    if (rest_size_ == kBlock) {
      AddBlock(rest_);
      rest_size_ = 0;
    }
  }
}

uint64_t CorpusChecksum::value() const {
  CorpusChecksum last = *this;
  std::memset(last.rest_ + rest_size_, static_cast<int>(rest_size_), kBlock - rest_size_);
  last.AddBlock(last.rest_);
  uint64_t sum = 0;
  for (const uint64_t stream : last.streams_) {
    // Multiplying carries changes upwards only; this brings them down.
    sum = (sum ^ stream ^ (stream >> 29)) * 0x9E3779B97F4A7C15u;
  }
  return sum;
}

TokenCorpusWriter::TokenCorpusWriter(AtomicFile file, std::string path, int64_t vocab_size)
    : file_(std::move(file)), path_(std::move(path)), vocab_size_(vocab_size) {}

absl::StatusOr<TokenCorpusWriter> TokenCorpusWriter::Create(const std::string& path,
                                                            int64_t vocab_size) {
  if (vocab_size <= 0 || vocab_size > kMaxVocabulary) {
    throw std::invalid_argument(
        absl::StrCat("TokenCorpusWriter: a vocabulary of ", vocab_size, " tokens"));
  }
  absl::StatusOr<AtomicFile> file = AtomicFile::Create(path);
  if (!file.ok()) return file.status();
  TokenCorpusWriter writer(*std::move(file), path, vocab_size);
  Header header{{}, kVersion, static_cast<uint32_t>(BytesPerId(vocab_size)), vocab_size};
  kMagic.copy(header.magic, sizeof(header.magic));
  if (absl::Status status = writer.Write(BytesOf(header)); !status.ok()) return status;
  return writer;
}

absl::Status TokenCorpusWriter::Write(std::span<const std::byte> bytes) {
  checksum_.Add(bytes);
  return file_.Append(bytes);
}

absl::Status TokenCorpusWriter::Append(std::span<const int32_t> ids) {
  for (const int32_t id : ids) {
    if (id < 0 || id >= vocab_size_) {
      return absl::InvalidArgumentError(absl::StrCat(
          path_, ": the id ", id, " is outside the vocabulary of ", vocab_size_, " tokens"));
    }
  }
  size_ += static_cast<int64_t>(ids.size());
  if (BytesPerId(vocab_size_) == 4) return Write(std::as_bytes(ids));
  const std::vector<uint16_t> narrow(ids.begin(), ids.end());
  return Write(std::as_bytes(std::span(narrow)));
}

absl::Status TokenCorpusWriter::Commit() {
  Footer footer{size_, 0, {}};
  kEndMagic.copy(footer.magic, sizeof(footer.magic));
  if (absl::Status status = Write(BytesOf(footer.size)); !status.ok()) return status;
  footer.checksum = checksum_.value();
  const std::span<const std::byte> rest = BytesOf(footer).subspan(sizeof(footer.size));
  if (absl::Status status = file_.Append(rest); !status.ok()) return status;
  return file_.Commit();
}

absl::StatusOr<std::shared_ptr<const TokenCorpus>> TokenCorpus::Open(const std::string& path,
                                                                     bool verify) {
  absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  std::shared_ptr<TokenCorpus> corpus(new TokenCorpus(*std::move(file)));
  absl::Status status = corpus->CheckLayout();
  if (status.ok() && verify) status = corpus->CheckSum();
  if (!status.ok()) return status;
  return corpus;
}

bool TokenCorpus::IsCorpus(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string start(kMagic.size(), '\0');
  return file.read(start.data(), static_cast<std::streamsize>(start.size())) && start == kMagic;
}

absl::Status TokenCorpus::CheckLayout() {
  const std::span<const std::byte> bytes = file_.bytes();
  const std::string& path = file_.path();
  Header header;
  Footer footer;
  if (bytes.size() < sizeof(header) || std::memcmp(bytes.data(), kMagic.data(), 8) != 0) {
    return Broken(path, "is no token corpus: does not begin with GKTOKENS");
  }
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.version != kVersion) {
    return Broken(path, absl::StrCat("has version ", header.version, ", expected ", kVersion));
  }
  if (header.vocab_size <= 0 || header.vocab_size > kMaxVocabulary ||
      header.bytes_per_id != static_cast<uint32_t>(BytesPerId(header.vocab_size))) {
    return Broken(path, absl::StrCat("says ", header.bytes_per_id, " bytes per id for ",
                                     header.vocab_size, " tokens, expected 2 or 4 as they need"));
  }
  if (bytes.size() < sizeof(header) + sizeof(footer) ||
      std::memcmp(bytes.data() + bytes.size() - 8, kEndMagic.data(), 8) != 0) {
    return Broken(path,
                  absl::StrCat("is cut off: does not end with GKTOKEND at byte ", bytes.size()));
  }
  std::memcpy(&footer, bytes.data() + bytes.size() - sizeof(footer), sizeof(footer));
  const uint64_t payload = bytes.size() - sizeof(header) - sizeof(footer);
  if (footer.size < 0 || payload % header.bytes_per_id != 0 ||
      static_cast<uint64_t>(footer.size) != payload / header.bytes_per_id) {
    return Broken(path, absl::StrCat("says that it has ", footer.size, " ids, but ", payload,
                                     " bytes are there for them"));
  }
  size_ = footer.size;
  vocab_size_ = header.vocab_size;
  bytes_per_id_ = static_cast<int>(header.bytes_per_id);
  return absl::OkStatus();
}

absl::Status TokenCorpus::CheckSum() const {
  const std::span<const std::byte> bytes = file_.bytes();
  const size_t covered = bytes.size() - 16;  // all but the checksum and the mark behind it
  uint64_t expected;
  std::memcpy(&expected, bytes.data() + covered, sizeof(expected));
  CorpusChecksum checksum;
  checksum.Add(bytes.first(covered));
  if (checksum.value() == expected) return absl::OkStatus();
  return Broken(file_.path(), absl::StrCat("is damaged: its checksum is ",
                                           absl::Hex(checksum.value(), absl::kZeroPad16),
                                           ", expected ", absl::Hex(expected, absl::kZeroPad16)));
}

void TokenCorpus::Read(int64_t begin, std::span<int32_t> out) const {
  const int64_t n = static_cast<int64_t>(out.size());
  if (begin < 0 || n > size_ || begin > size_ - n) {
    throw std::invalid_argument(
        absl::StrCat("TokenCorpus: ", n, " ids from ", begin, " on, of ", size_));
  }
  if (n == 0) return;
  const std::byte* from = file_.bytes().data() + sizeof(Header) + begin * bytes_per_id_;
  if (bytes_per_id_ == 4) {
    std::memcpy(out.data(), from, out.size_bytes());
    return;
  }
  const auto* narrow = reinterpret_cast<const uint16_t*>(from);  // 24 + 2 begin: aligned
  std::copy_n(narrow, n, out.begin());
}

}  // namespace gokart
