// Texts for the tests of the tokenizers: of many scripts, and random ones made of the characters
// that decide where a text is cut.

#ifndef GOKART_CH02_DATA_TEST_TEXTS_H_
#define GOKART_CH02_DATA_TEST_TEXTS_H_

#include <random>
#include <string>
#include <vector>

#include "ch02_data/utf8.h"

namespace gokart {

inline std::vector<std::string> SampleTexts() {
  std::vector<std::string> texts = {
      "",
      " ",
      "a",
      "\n",
      "Hello, world. Is this-- a test?",
      "It's late; they'll say we've done what you'd do, I'm sure. 'Tis HE'S can't 're ''s 'S.",
      "def f(x):\n    return x ** 2  # squares\n\n\nfor (int i = 0; i < 10; ++i) {\n\t\tsum += "
      "a[i];\n}\n",
      "  two leading, three   inside, trailing   ",
      "line one\r\nline two\r\n\r\nline three \n \n  indented\n",
      "1908 is 3,141.59 or ½ or Ⅷ or ٣ or 10^9",
      "우리 할머니는 아침마다 정원에서 노래를 부르신다. 2024년!",
      "جلس الولد قرب النافذة وقرأ قصة قصيرة.",
      "छोटी लड़की ने नदी के किनारे पाँच पत्थर इकट्ठे किए।",
      "小船慢慢地离开港口，船上的人们。\u3000\u3000雨の日には。",
      "Straßenbahn fährt täglich; L'été dernier, café\u0301.",
      "🥐☕️ 👨‍👩‍👧 🏳️‍🌈🇫🇷 ok 😀😀😀",
      "a\u00a0b\u2003 c\u3000d\u0085e\u200bf\ufeffg\u180eh\x1ci\x1fj\x0bk\x0cl",
      std::string("nul\0byte", 8),
      "\xff\xfe broken \xc3( \xe2\x82 \xf0\x9f\x98 \xed\xa0\x80 end\xc3",
  };
  texts.push_back(std::string(300, ' ') + "x" + std::string(5, '\n') + "y");
  texts.push_back(std::string(1000, 'a') + " " + std::string(70, '-'));
  return texts;
}

/// `length` parts, each a character, a word or a contraction.
inline std::string RandomText(std::mt19937& random, int length) {
  static const std::vector<std::string> kParts = {
      "a",      "b",    "E",      " ",      "  ",     "\n",     "\r",     "\t",     "'",
      "'s",     "'ll",  "'re",    "'v",     "the",    "'d",     "1",      "23",     "!",
      "--",     "_",    "\u00a0", "\u0085", "\u1680", "\u2003", "\u3000", "\u200b", "\ufeff",
      "\u180e", "\x1c", "\x1f",   "\x0b",   "\u2028", "\u202f", "é",      "½",      "Ⅷ",
      "٣",      "हि",   "한",     "漢",     "😀",      "\u0301", "’s",     " in",    "ing"};
  std::string text;
  for (int i = 0; i < length; ++i) text += kParts[random() % kParts.size()];
  return text;
}

/// Mostly RandomText, with single bytes of any value among it.
inline std::string RandomBytes(std::mt19937& random, int length) {
  std::string text;
  for (int i = 0; i < length; ++i) {
    if (random() % 3 == 0) {
      text += static_cast<char>(random());
    } else {
      text += RandomText(random, 1);
    }
  }
  return text;
}

}  // namespace gokart

#endif  // GOKART_CH02_DATA_TEST_TEXTS_H_
