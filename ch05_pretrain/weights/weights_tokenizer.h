// The tokenizer that belongs to a file with weights.
//
//   absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer =
//       LoadTokenizerOf(file, /*spec=*/"", model.config.vocab_size);
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHTS_TOKENIZER_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHTS_TOKENIZER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ch02_data/tokenizer.h"
#include "ch05_pretrain/weights/weight_file.h"

namespace gokart {

/// What LoadTokenizer finds the tokenizer beside a file by, or "gpt2" if there is none.
std::string TokenizerBeside(const WeightFile& file);

/// What LoadTokenizer makes of the first of these that there is:
///   `spec`, unless it is empty;
///   the tokenizer within a GGUF file;
///   in the file's folder tokenizer.json, tokenizer.model, vocab.json (with merges.txt) or
///   encoder.json (with vocab.bpe);
///   "gpt2", from the assets.
/// Errors: a broken file; a tokenizer with more tokens than the model knows.
absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizerOf(const WeightFile& file,
                                                           const std::string& spec,
                                                           int64_t vocab_size);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_WEIGHTS_TOKENIZER_H_
