// GPT-2's first step: cutting a text into pieces (words, numbers, runs of punctuation or space)
// within which byte pairs may merge. No token ever reaches across the border of two pieces.
//
//     Pretokenize("It's 1908, isn't it?") ==
//         {"It", "'s", " 1908", ",", " isn", "'t", " it", "?"}
//
// The rule is one regular expression (Radford et al. 2019, section 2.2; OpenAI's encoder.py):
//
//     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// This scanner gives what a regex engine gives, over all of Unicode, in one pass. Its last two
// alternatives say: a run of white space goes up to, but not including, its last character if
// something follows, so that a space can lead the next word; a run of one character is a piece.
//
// On bytes that are not UTF-8 a regex engine has no answer. Here each such byte counts as U+FFFD
// would: neither letter nor number nor space. The pieces put together always are the text.

#ifndef GOKART_CH02_DATA_PRETOKENIZER_H_
#define GOKART_CH02_DATA_PRETOKENIZER_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace gokart {

/// The end of the piece that begins at `begin` < text.size(), the beginning of the text or the end
/// of another piece. Linear in the piece's length.
size_t PieceEnd(std::string_view text, size_t begin);

/// All pieces, as views of `text`.
std::vector<std::string_view> Pretokenize(std::string_view text);

/// A position p > 0, as near to the end of `text` as possible, such that the pieces of text[0, p)
/// and of text[p, ...) are those of the whole, whatever follows `text`: where white
/// space begins, or where a run of letters or numbers ends. 0 if there is none. For cutting a
/// stream.
size_t LastSafeCut(std::string_view text);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_PRETOKENIZER_H_
