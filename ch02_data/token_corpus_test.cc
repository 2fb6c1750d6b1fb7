#include "ch02_data/token_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "ch02_data/sliding_window_dataset.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;
using Ids = std::vector<int32_t>;

std::string Path(const std::string& name) { return testing::TempDir() + "/" + name; }

Ids RandomIds(int n, int vocab_size) {
  std::mt19937 random(n);
  Ids ids(n);
  for (int32_t& id : ids) id = static_cast<int32_t>(random() % vocab_size);
  return ids;
}

// Writes `ids` in several pieces.
std::string Write(const std::string& name, const Ids& ids, int64_t vocab_size) {
  absl::StatusOr<TokenCorpusWriter> writer = TokenCorpusWriter::Create(Path(name), vocab_size);
  EXPECT_TRUE(writer.ok()) << writer.status();
  size_t begin = 0;
  for (size_t length = 0; begin < ids.size(); begin += length) {
    length = std::min<size_t>(ids.size() - begin, begin * 2 + 1);
    EXPECT_TRUE(writer->Append(std::span(ids).subspan(begin, length)).ok());
  }
  EXPECT_EQ(writer->size(), static_cast<int64_t>(ids.size()));
  EXPECT_TRUE(writer->Commit().ok());
  return Path(name);
}

// Without the care of WriteFile, which waits for the disk.
std::string WriteQuickly(const std::string& name, const std::string& content) {
  std::ofstream(Path(name), std::ios::binary) << content;
  return Path(name);
}

TEST(TokenCorpus, WhatIsWrittenIsRead) {
  for (const int vocab_size : {256, 50257, 65536, 65537, 200000}) {
    for (const int n : {0, 1, 3, 31, 1000}) {
      const Ids ids = RandomIds(n, vocab_size);
      const std::string path = Write("corpus", ids, vocab_size);
      const auto corpus = TokenCorpus::Open(path);
      ASSERT_TRUE(corpus.ok()) << corpus.status();
      EXPECT_EQ((*corpus)->size(), n);
      EXPECT_EQ((*corpus)->vocab_size(), vocab_size);
      Ids read(n);
      (*corpus)->Read(0, read);
      EXPECT_EQ(read, ids);
      if (n < 3) continue;
      Ids middle(n - 2);
      (*corpus)->Read(1, middle);
      EXPECT_EQ(middle, Ids(ids.begin() + 1, ids.end() - 1));
      EXPECT_EQ(ReadFile(path)->size(), 48u + n * (vocab_size <= 65536 ? 2 : 4));
    }
  }
}

TEST(TokenCorpus, LayoutIsTheDocumentedOne) {
  const std::string bytes = *ReadFile(Write("layout", {1, 2, 513}, 1000));
  EXPECT_EQ(bytes.substr(0, 30),
            std::string("GKTOKENS\1\0\0\0\2\0\0\0\xE8\3\0\0\0\0\0\0\1\0\2\0\1\2", 30));
  EXPECT_EQ(bytes.substr(30, 8), std::string("\3\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(bytes.substr(46), "GKTOKEND");
}

TEST(TokenCorpus, FeedsTheDataSet) {
  const auto corpus = TokenCorpus::Open(Write("data", RandomIds(100, 500), 500));
  ASSERT_TRUE(corpus.ok());
  const SlidingWindowDataset dataset(*corpus, 8, 4);
  const int64_t windows[] = {3};
  const Batch batch = dataset.Get(windows);
  EXPECT_EQ(batch.inputs(0, 1), RandomIds(100, 500)[13]);
  EXPECT_EQ(batch.targets(0, 7), RandomIds(100, 500)[20]);
}

TEST(TokenCorpus, ReadingOutsideThrows) {
  const auto corpus = TokenCorpus::Open(Write("small", {1, 2, 3}, 10));
  Ids out(2);
  EXPECT_THROW((*corpus)->Read(2, out), std::invalid_argument);
  EXPECT_THROW((*corpus)->Read(-1, out), std::invalid_argument);
  EXPECT_THROW((*corpus)->Read(INT64_MAX, out), std::invalid_argument);
}

TEST(TokenCorpusWriter, RefusesForeignIdsAndWritesNothing) {
  const std::string path = Path("refused");
  {
    auto writer = TokenCorpusWriter::Create(path, 10);
    ASSERT_TRUE(writer.ok());
    EXPECT_THAT(std::string(writer->Append(Ids{3, 10}).message()), HasSubstr("the id 10"));
    EXPECT_FALSE(writer->Append(Ids{-1}).ok());
  }
  EXPECT_FALSE(ReadFile(path).ok());
  EXPECT_THROW(TokenCorpusWriter::Create(path, 0).IgnoreError(), std::invalid_argument);
  EXPECT_FALSE(TokenCorpusWriter::Create("/nonexistent/corpus", 10).ok());
}

TEST(TokenCorpus, EveryFlippedBitIsFound) {
  const std::string good = *ReadFile(Write("flip", RandomIds(40, 5000), 5000));
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    const auto corpus = TokenCorpus::Open(WriteQuickly("flipped", bad));
    ASSERT_FALSE(corpus.ok()) << "bit " << bit;
    ASSERT_THAT(std::string(corpus.status().message()), HasSubstr("flipped"));
  }
}

TEST(TokenCorpus, CutOffOrForeignFilesAreNamed) {
  const std::string good = *ReadFile(Write("cut", RandomIds(40, 5000), 5000));
  for (size_t length = 0; length < good.size(); ++length) {
    const std::string path = WriteQuickly("short", good.substr(0, length));
    ASSERT_FALSE(TokenCorpus::Open(path).ok()) << length;
  }
  ASSERT_TRUE(WriteFile(Path("text"), "Once upon a time, there was no corpus at all.").ok());
  EXPECT_THAT(std::string(TokenCorpus::Open(Path("text")).status().message()),
              HasSubstr("is no token corpus"));
  EXPECT_FALSE(TokenCorpus::IsCorpus(Path("text")));
  EXPECT_TRUE(TokenCorpus::IsCorpus(Path("cut")));
  EXPECT_FALSE(TokenCorpus::IsCorpus(Path("absent")));
  EXPECT_FALSE(TokenCorpus::Open(Path("absent")).ok());
  EXPECT_FALSE(TokenCorpus::Open(testing::TempDir()).ok());
}

TEST(CorpusChecksum, DependsOnContentNotOnPieces) {
  std::vector<std::byte> bytes(1000);
  std::mt19937 random(1);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  CorpusChecksum whole;
  whole.Add(bytes);
  CorpusChecksum pieces;
  for (size_t begin = 0; begin < bytes.size();) {
    const size_t n = std::min<size_t>(random() % 150, bytes.size() - begin);
    pieces.Add(std::span(bytes).subspan(begin, n));
    begin += n;
  }
  EXPECT_EQ(whole.value(), pieces.value());
  CorpusChecksum longer = whole;
  longer.Add(std::vector<std::byte>(1));
  EXPECT_NE(whole.value(), longer.value());
}

}  // namespace
}  // namespace gokart
