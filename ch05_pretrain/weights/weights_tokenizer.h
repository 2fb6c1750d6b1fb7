// The tokenizer that belongs to a file with weights.
//
//   absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer =
//       LoadTokenizerOf(file, /*spec=*/"", model.config.vocab_size);
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHTS_TOKENIZER_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHTS_TOKENIZER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ch02_data/tokenizer.h"
#include "ch05_pretrain/weights/weight_file.h"

namespace gokart {

/// What LoadTokenizerOrGguf finds the tokenizer of these weights by. The first of these that there
/// is:
///   the GGUF file itself, if it holds one;
///   in the file's folder tokenizer.json, tokenizer.model, vocab.json (with merges.txt) or
///   encoder.json (with vocab.bpe);
///   "gpt2", from the assets.
std::string TokenizerSpecOf(const WeightFile& file);

/// As LoadTokenizer (ch02_data/load_tokenizer.h), and also the tokenizer within a GGUF file.
/// Errors: those of LoadTokenizer and VocabularyFromGguf.
absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizerOrGguf(const std::string& spec,
                                                               std::string_view text = {});

/// The tokenizer `spec`, or if that is empty TokenizerSpecOf(file). Errors: a broken file; a
/// tokenizer with more tokens than the model's `vocab_size`.
absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizerOf(const WeightFile& file,
                                                           const std::string& spec,
                                                           int64_t vocab_size);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHTS_TOKENIZER_H_
