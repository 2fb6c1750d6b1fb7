// What a tokenizer that was read must be able to do: encode any bytes, and decode what it encoded.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_FUZZ_FUZZ_TOKENIZER_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_FUZZ_FUZZ_TOKENIZER_H_

#include <string>
#include <utility>
#include <vector>

#include "ch02_data/bpe_tokenizer.h"

namespace gokart {

/// Traps if a text does not come back from the vocabulary, or an id lies outside of it.
inline void TryVocabulary(BpeVocabulary vocabulary) {
  const BpeTokenizer tokenizer("input", std::move(vocabulary));
  std::string text = "Every effort moves you\xe2\x80\x99re  <|endoftext|>\n\tab 12345";
  for (int byte = 0; byte < 256; ++byte) text.push_back(static_cast<char>(byte));
  const std::vector<int32_t> ids = tokenizer.EncodeOrdinary(text);
  for (const int32_t id : ids) {
    if (id < 0 || id >= tokenizer.vocab_size()) __builtin_trap();
  }
  if (tokenizer.Decode(ids) != text) __builtin_trap();
}

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_FUZZ_FUZZ_TOKENIZER_H_
