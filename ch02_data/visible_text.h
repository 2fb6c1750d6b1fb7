// Tokens as a reader can see them: white space by symbols, broken characters as hexadecimal bytes.
//
//     VisibleText(" the\n") == "␣the⏎"      VisibleText("\xed\x95") == "<ED 95>"

#ifndef GOKART_CH02_DATA_VISIBLE_TEXT_H_
#define GOKART_CH02_DATA_VISIBLE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ch02_data/tokenizer.h"

namespace gokart {

/// One line, whatever is in `text`. Control characters (which could command a terminal) and bytes
/// that are not UTF-8 stand in angle brackets.
std::string VisibleText(std::string_view text);

/// What each id stands for, visibly, with | between them.
std::string VisibleTokens(const Tokenizer& tokenizer, const std::vector<int32_t>& ids);

/// "40 367 2885 1464"; of more than `most` ids the first ones and "...".
std::string IdsToText(const std::vector<int32_t>& ids, size_t most = SIZE_MAX);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_VISIBLE_TEXT_H_
