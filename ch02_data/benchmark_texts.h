// Texts for benchmarks, as long as wanted, that are to a tokenizer what real ones are: few words
// are very frequent, most are rare, and new ones never cease to come (Zipf's and Heaps' laws). So
// the caches of the processor and of the tokenizer see what they would see in a library.

#ifndef GOKART_CH02_DATA_BENCHMARK_TEXTS_H_
#define GOKART_CH02_DATA_BENCHMARK_TEXTS_H_

#include <cstddef>
#include <string>

#include "ch02_data/bpe_vocabulary.h"

namespace gokart {

/// Sentences and paragraphs of English words. The words are those of GPT-2's vocabulary, whose
/// order is about that of their frequency, and rarer ones put together from two.
std::string EnglishProse(const BpeVocabulary& gpt2, size_t bytes);

/// Indented C-like lines with names made of words, numbers, operators and comments.
std::string SourceCode(const BpeVocabulary& gpt2, size_t bytes);

/// Words of one to five syllables of Hangul, of which about every syllable is several tokens.
std::string KoreanText(size_t bytes);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_BENCHMARK_TEXTS_H_
