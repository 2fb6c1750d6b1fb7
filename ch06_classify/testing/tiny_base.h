// For tests: a small pretrained model in a folder, as chapter 5 leaves it, and texts to sort.
#ifndef GOKART_CH06_CLASSIFY_TESTING_TINY_BASE_H_
#define GOKART_CH06_CLASSIFY_TESTING_TINY_BASE_H_

#include <cstdint>
#include <string>

namespace gokart {

/// Writes a run's checkpoint folder with a model of random weights under this seed (2 layers, 16
/// wide, context 24) and a tokenizer of 300 byte pairs. Returns `folder`. Throws std::runtime_error
/// if that fails.
std::string WriteTinyBase(const std::string& folder, uint64_t seed = 1);

/// A TSV of `per_class` messages each of ham and spam, all different, which a few words tell apart.
std::string TinyMessages(int per_class);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_TESTING_TINY_BASE_H_
