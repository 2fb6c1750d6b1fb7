// A tokenizer by what a user writes on the command line.
//
//     LoadTokenizer("gpt2")                     GPT-2's, from the asset folder
//     LoadTokenizer("runs/mine/tokenizer.json") a file of any format, told by its content
//     LoadTokenizer("characters", text)         made from a text; so is "words"

#ifndef GOKART_CH02_DATA_LOAD_TOKENIZER_H_
#define GOKART_CH02_DATA_LOAD_TOKENIZER_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ch02_data/tokenizer.h"

namespace gokart {

/// `spec` is one of
///   gpt2          encoder.json and vocab.bpe in the folder gpt2 of the asset folder;
///   characters    each character of `text`;
///   words         each word of `text` (SimpleTokenizerV2);
///   a file        tokenizer.json (Hugging Face, or what Tokenizer::Save wrote), encoder.json or
///                 vocab.bpe (the other one beside it; also vocab.json with merges.txt), a tiktoken
///                 rank file, a sentencepiece .model;
///   a folder      with tokenizer.json, encoder.json and vocab.bpe, or tokenizer.model in it.
/// Errors: neither a name nor a file; a file of no known format or one that is broken; a vocabulary
/// that is known to be for another way of cutting text than GPT-2's.
absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizer(const std::string& spec,
                                                         std::string_view text = {});

}  // namespace gokart

#endif  // GOKART_CH02_DATA_LOAD_TOKENIZER_H_
