// How GPT-2's and Hugging Face's files write bytes as visible characters.
//
//     ToSymbols(" the") == "Ġthe"         FromSymbols("Ġthe") == " the"
//
// JSON and lists with one token a line cannot hold arbitrary bytes, so each of the 256 bytes has a
// printable character: the printable ones of Latin-1 stand for themselves, the 68 others get U+0100
// (Ā) and on, in order. The space (byte 32) is the 33rd of those: U+0120, Ġ; the line feed is Ċ.

#ifndef GOKART_CH02_DATA_BYTE_SYMBOLS_H_
#define GOKART_CH02_DATA_BYTE_SYMBOLS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gokart {

/// Whether the byte stands for itself: ! to ~, ¡ to ¬, ® to ÿ.
bool IsPrintableLatin1(uint8_t byte);

/// The symbols of `bytes`, as UTF-8.
std::string ToSymbols(std::string_view bytes);

/// The bytes that `symbols` stand for; nothing if a character in it stands for no byte.
std::optional<std::string> FromSymbols(std::string_view symbols);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_BYTE_SYMBOLS_H_
