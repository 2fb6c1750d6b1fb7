// The tokenizer of a run: made for it or loaded, and kept beside its weights.
#ifndef GOKART_CH05_PRETRAIN_RUN_TOKENIZER_H_
#define GOKART_CH05_PRETRAIN_RUN_TOKENIZER_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/tokenizer.h"

namespace gokart {

/// The tokenizer that a --tokenizer flag means: what LoadTokenizer knows ("gpt2", a file), or
/// "bpe:SIZE", a byte-level BPE of that many tokens (with <|endoftext|>) trained on `text`.
absl::StatusOr<std::unique_ptr<Tokenizer>> MakeRunTokenizer(const std::string& spec,
                                                            std::string_view text);

/// Saves it in `folder`, under a name that FindRunTokenizer finds.
absl::Status SaveRunTokenizer(const Tokenizer& tokenizer, const std::string& folder);
/// The path to hand to LoadTokenizer. Error: there is none.
absl::StatusOr<std::string> FindRunTokenizer(const std::string& folder);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_RUN_TOKENIZER_H_
