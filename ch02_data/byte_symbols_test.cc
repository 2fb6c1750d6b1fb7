#include "ch02_data/byte_symbols.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace gokart {
namespace {

TEST(ByteSymbols, AreGpt2s) {
  EXPECT_EQ(ToSymbols(" the"), "Ġthe");
  EXPECT_EQ(ToSymbols("\n\r\t"), "Ċčĉ");
  EXPECT_EQ(ToSymbols(std::string("\0", 1)), "Ā");
  EXPECT_EQ(ToSymbols("\x7f"), "ġ");
  EXPECT_EQ(ToSymbols("é"), "Ã©");
  EXPECT_EQ(ToSymbols("\xad"), "Ń");  // the soft hyphen is the last one that is not printable
  EXPECT_EQ(FromSymbols("Ġthe"), " the");
}

TEST(ByteSymbols, EveryByteHasItsOwnSymbol) {
  std::set<std::string> symbols;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string bytes(1, static_cast<char>(byte));
    symbols.insert(ToSymbols(bytes));
    EXPECT_EQ(FromSymbols(ToSymbols(bytes)), bytes) << byte;
  }
  EXPECT_EQ(symbols.size(), 256u);
}

TEST(ByteSymbols, OthersStandForNothing) {
  for (const char* symbols : {" ", "a b", "\n", "\x7f", "\u00ad", "\u0144", "한", "\xff", "\xc4"}) {
    EXPECT_EQ(FromSymbols(symbols), std::nullopt) << symbols;
  }
  EXPECT_EQ(FromSymbols(""), "");
}

}  // namespace
}  // namespace gokart
