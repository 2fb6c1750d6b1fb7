#include "ch02_data/benchmark_texts.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "ch02_data/utf8.h"

namespace gokart {
namespace {

// How frequent the word of each rank is in English: up to rank 5000, which is 88% of a text,
// inversely proportional to the rank (Zipf and Mandelbrot), beyond to its square, without end. So
// ranks above 10,000 are 6% of the text, those above 50,000 1.2%.
class WordRanks {
 public:
  explicit WordRanks(uint32_t seed) : random_(seed) {}

  size_t Next() {
    constexpr double kFrequent = 5000, kShift = 2.7, kShare = 0.88;
    const double u = std::uniform_real_distribution<double>(0, 1)(random_);
    if (u >= kShare) return static_cast<size_t>(kFrequent * (1 - kShare) / (1 - u));
    return static_cast<size_t>(kShift * (std::pow(1 + kFrequent / kShift, u / kShare) - 1));
  }
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }

 private:
  std::mt19937_64 random_;
};

bool IsLowerCase(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// Lower-case words of the vocabulary, those with a space before them, most frequent first; and word
// parts, those without.
struct WordLists {
  std::vector<std::string> words, parts;

  explicit WordLists(const BpeVocabulary& gpt2) {
    for (int32_t id = 256; id < gpt2.size(); ++id) {
      const std::string& token = gpt2.token(id);
      if (token.size() > 1 && token[0] == ' ' && IsLowerCase(token.substr(1))) {
        words.push_back(token.substr(1));
      } else if (IsLowerCase(token)) {
        parts.push_back(token);
      }
    }
  }

  // The word of a rank; behind the end of the list, one word and a part of another.
  std::string Word(size_t rank) const {
    if (rank < words.size()) return words[rank];
    const size_t hash = rank * 0x9E3779B97F4A7C15u >> 20;
    return words[hash % words.size()] + parts[(hash / words.size()) % parts.size()];
  }
};

std::string Capitalized(std::string word) {
  word[0] = static_cast<char>(word[0] - 'a' + 'A');
  return word;
}

std::string Sentence(const WordLists& lists, WordRanks& ranks) {
  const int length = 4 + static_cast<int>(ranks.Below(22));
  const bool quoted = ranks.Below(8) == 0;
  std::string sentence = quoted ? "\"" : "";
  for (int i = 0; i < length; ++i) {
    std::string word = lists.Word(ranks.Next());
    if (i == 0 || ranks.Below(25) == 0) word = Capitalized(word);
    if (i > 0) sentence += ranks.Below(60) == 0 ? " -- " : " ";
    sentence += ranks.Below(150) == 0 ? std::to_string(1 + ranks.Below(2000)) : word;
    if (ranks.Below(80) == 0) sentence += "'s";
    if (i + 1 < length && ranks.Below(12) == 0) sentence += ranks.Below(5) ? "," : ";";
  }
  sentence += ".?!"[ranks.Below(8) < 6 ? 0 : 1 + ranks.Below(2)];
  return quoted ? sentence + "\"" : sentence;
}

std::string Name(const WordLists& lists, WordRanks& ranks) {
  std::string name = lists.Word(ranks.Next());
  const uint32_t style = ranks.Below(4);
  if (style == 1) name += "_" + lists.Word(ranks.Next());
  if (style == 2) name = Capitalized(name) + Capitalized(lists.Word(ranks.Next()));
  return name;
}

std::string CodeLine(const WordLists& lists, WordRanks& ranks) {
  const auto name = [&] { return Name(lists, ranks); };
  switch (ranks.Below(7)) {
    case 0:
      return "if (" + name() + " < " + std::to_string(ranks.Below(100)) + ") {";
    case 1:
      return "}";
    case 2:
      return "return " + name() + "(" + name() + ", " + name() + ");";
    case 3:
      return "// " + Sentence(lists, ranks);
    case 4:
      return "for (int i = 0; i < " + name() + ".size(); ++i) " + name() + "[i] += 0x" +
             std::to_string(ranks.Below(10000)) + ";";
    case 5:
      return "std::vector<" + name() + "> " + name() + " = {1.5e-3f, \"" + name() + "\"};";
    default:
      return name() + "->" + name() + " = " + name() + " * (" + name() + " + 1);";
  }
}

}  // namespace

std::string EnglishProse(const BpeVocabulary& gpt2, size_t bytes) {
  const WordLists lists(gpt2);
  WordRanks ranks(1);
  std::string text;
  while (text.size() < bytes) {
    text += Sentence(lists, ranks);
    text += ranks.Below(6) == 0 ? "\n\n" : " ";
  }
  return text;
}

std::string SourceCode(const BpeVocabulary& gpt2, size_t bytes) {
  const WordLists lists(gpt2);
  WordRanks ranks(2);
  std::string text;
  uint32_t depth = 0;
  while (text.size() < bytes) {
    const std::string line = CodeLine(lists, ranks);
    if (line == "}" && depth > 0) --depth;
    text += std::string(2 * depth, ' ') + line + "\n";
    if (line.back() == '{' && depth < 6) ++depth;
    if (ranks.Below(10) == 0) text += "\n";
  }
  return text;
}

std::string KoreanText(size_t bytes) {
  constexpr char32_t kFirstSyllable = 0xAC00;
  constexpr uint32_t kSyllables = 11172;
  static const std::vector<std::string> kEndings = {"은", "는",   "이", "가", "을",
                                                    "를", "에서", "의", "다", ""};
  WordRanks ranks(3);
  std::string text;
  while (text.size() < bytes) {
    const size_t rank = ranks.Next();
    uint64_t hash = (rank + 1) * 0x9E3779B97F4A7C15u;
    for (uint64_t i = 0; i <= rank % 4; ++i) {
      hash = (hash ^ (hash >> 31)) * 0xBF58476D1CE4E5B9u;
      // Some syllables are far more frequent than others: the product of two uniform numbers.
      const uint64_t product = ((hash >> 40) % kSyllables) * ((hash >> 20) % kSyllables);
      text += EncodeUtf8(kFirstSyllable + static_cast<char32_t>(product / kSyllables));
    }
    text += kEndings[ranks.Below(kEndings.size())];
    text += ranks.Below(10) == 0 ? ". " : ranks.Below(60) == 0 ? "\n" : " ";
  }
  return text;
}

}  // namespace gokart
