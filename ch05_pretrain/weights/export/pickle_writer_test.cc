#include "ch05_pretrain/weights/export/pickle_writer.h"

#include <string>

#include "gtest/gtest.h"

namespace gokart {
namespace {

using std::string_literals::operator""s;

// The expected programs are what Python 3.11 writes, pickle.dumps(OBJECT, protocol=2), but for its
// notes of objects that are never used again.

std::string IntProgram(int64_t value) {
  PickleWriter pickle;
  pickle.Int(value);
  return std::move(pickle).Finish();
}

TEST(PickleWriterTest, IntsTakeTheShortestForm) {
  EXPECT_EQ(IntProgram(0), "\x80\2K\0."s);
  EXPECT_EQ(IntProgram(255), "\x80\2K\xff."s);
  EXPECT_EQ(IntProgram(256), "\x80\2M\0\1."s);
  EXPECT_EQ(IntProgram(65535), "\x80\2M\xff\xff."s);
  EXPECT_EQ(IntProgram(65536), "\x80\2J\0\0\1\0."s);
  EXPECT_EQ(IntProgram(-1), "\x80\2J\xff\xff\xff\xff."s);
  EXPECT_EQ(IntProgram(2147483648), "\x80\2\x8a\x08\0\0\0\x80\0\0\0\0."s);
}

TEST(PickleWriterTest, TuplesAndRepeatedTexts) {
  PickleWriter pickle;  // ("a", False, (), "a")
  pickle.Mark();
  pickle.Text("a");
  pickle.False();
  pickle.EmptyTuple();
  pickle.Text("a");
  pickle.TupleFromMark();
  EXPECT_EQ(std::move(pickle).Finish(), "\x80\2(X\1\0\0\0aq\0\x89)h\0t."s);
}

TEST(PickleWriterTest, CallsAndDictionaries) {
  PickleWriter pickle;  // OrderedDict([("k", 1)]), and the object that the reader knows as 7
  pickle.Global("collections", "OrderedDict");
  pickle.EmptyTuple();
  pickle.Call();
  pickle.Mark();
  pickle.Text("k");
  pickle.Int(1);
  pickle.Text("p");
  pickle.Int(7);
  pickle.PersistentObject();
  pickle.SetItemsFromMark();
  EXPECT_EQ(std::move(pickle).Finish(),
            "\x80\2ccollections\nOrderedDict\nq\0)R(X\1\0\0\0kq\1K\1X\1\0\0\0pq\2K\7Qu."s);
}

TEST(PickleWriterTest, ATextAndAGlobalSpelledAlikeAreTwoThings) {
  PickleWriter pickle;
  pickle.Mark();
  pickle.Global("a", "b");
  pickle.Text("ca\nb\n");
  pickle.TupleFromMark();
  EXPECT_EQ(std::move(pickle).Finish(), "\x80\2(ca\nb\nq\0X\5\0\0\0ca\nb\nq\1t."s);
}

TEST(PickleWriterTest, ManyTextsAreRememberedByLongNumbers) {
  PickleWriter pickle;
  pickle.Mark();
  for (int i = 0; i <= 256; ++i) pickle.Text("text " + std::to_string(i));
  pickle.Text("text 255");
  pickle.Text("text 256");
  pickle.TupleFromMark();
  const std::string bytes = std::move(pickle).Finish();
  const std::string tail = "text 256r\0\1\0\0h\xffj\0\1\0\0t."s;
  EXPECT_EQ(bytes.substr(bytes.size() - tail.size()), tail);
}

}  // namespace
}  // namespace gokart
