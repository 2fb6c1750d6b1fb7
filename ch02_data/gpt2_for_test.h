// GPT-2's tokenizer from the asset folder, loaded once for all tests of a binary.

#ifndef GOKART_CH02_DATA_GPT2_FOR_TEST_H_
#define GOKART_CH02_DATA_GPT2_FOR_TEST_H_

#include <cstdio>
#include <cstdlib>
#include <string>

#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/gpt2_format.h"
#include "workshop/assets.h"

namespace gokart {

/// Ends the test program with a message if setup.sh has not put the two files there.
inline const BpeTokenizer& Gpt2ForTest() {
  static const BpeTokenizer* const tokenizer = [] {
    absl::StatusOr<BpeVocabulary> vocabulary =
        LoadGpt2(AssetPath("gpt2/encoder.json"), AssetPath("gpt2/vocab.bpe"));
    if (!vocabulary.ok()) {
      std::fprintf(stderr, "GPT-2's vocabulary cannot be read; run ./setup.sh: %s\n",
                   std::string(vocabulary.status().message()).c_str());
      std::exit(1);
    }
    return new BpeTokenizer("gpt2", *std::move(vocabulary));
  }();
  return *tokenizer;
}

}  // namespace gokart

#endif  // GOKART_CH02_DATA_GPT2_FOR_TEST_H_
