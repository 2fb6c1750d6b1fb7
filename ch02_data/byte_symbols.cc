#include "ch02_data/byte_symbols.h"

#include <array>

#include "ch02_data/utf8.h"

namespace gokart {
namespace {

constexpr char32_t kFirstSubstitute = 0x100;
constexpr int kNumSymbols = 0x100 + 68;

struct SymbolTables {
  std::array<char32_t, 256> symbol_of{};
  std::array<int16_t, kNumSymbols> byte_of{};  // -1: none

  SymbolTables() {
    byte_of.fill(-1);
    // [exercise 2.7] A visible character for every byte
    // Task: Fill symbol_of: a byte for which IsPrintableLatin1 holds stands for itself; the others
    //       get U+0100, U+0101, ... in the order of their values. byte_of is the way back.
    // Hint: One counter that begins at kFirstSubstitute and moves on at every byte that is not
    //       printable.
    // Hint: byte_of has room for every symbol: its index is the symbol, its value the byte.
    // Test: //ch02_data:byte_symbols_test ByteSymbols.*
    // Read: ch02_data/byte_symbols.h

    char32_t next = kFirstSubstitute;
    for (int byte = 0; byte < 256; ++byte) {
      symbol_of[byte] = IsPrintableLatin1(byte) ? byte : next++;
      byte_of[symbol_of[byte]] = byte;
    }
    // [end of exercise 2.7]
  }
};

const SymbolTables& Tables() {
  static const SymbolTables tables;
  return tables;
}

}  // namespace

bool IsPrintableLatin1(uint8_t byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

std::string ToSymbols(std::string_view bytes) {
  std::string symbols;
  for (const char byte : bytes) {
    symbols += EncodeUtf8(Tables().symbol_of[static_cast<uint8_t>(byte)]);
  }
  return symbols;
}

std::optional<std::string> FromSymbols(std::string_view symbols) {
  std::string bytes;
  for (size_t i = 0; i < symbols.size();) {
    const CodePoint c = DecodeUtf8(symbols, i);
    if (!c.valid || c.value >= kNumSymbols || Tables().byte_of[c.value] < 0) return std::nullopt;
    bytes += static_cast<char>(Tables().byte_of[c.value]);
    i += c.length;
  }
  return bytes;
}

}  // namespace gokart
