// What the subcommands of chapter 2's binary do, without their flags: they print to a stream.
//
//     absl::Status status = PrintEncoded(tokenizer, texts, {.pieces = true}, std::cout);

#ifndef GOKART_CH02_DATA_COMMANDS_H_
#define GOKART_CH02_DATA_COMMANDS_H_

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/bpe_vocabulary.h"
#include "ch02_data/data_loader.h"
#include "ch02_data/text_source.h"
#include "ch02_data/token_stream.h"
#include "ch02_data/tokenizer.h"

namespace gokart {

/// "refuse", "allow" or "text": what a special token in a text is. Error: another word.
absl::StatusOr<SpecialTokens> ParseSpecialTokens(const std::string& word);

struct PrintEncodedOptions {
  SpecialTokens special = {};
  bool pieces = false;  // a line for each token: id and piece
};

/// The ids of each text on a line of their own. Errors name the text.
absl::Status PrintEncoded(const Tokenizer& tokenizer, const std::vector<NamedText>& texts,
                          const PrintEncodedOptions& options, std::ostream& out);

/// Numbers with anything but letters and dots between them: "1 2", "[1, 2]". Errors name what is no
/// id, or none of a vocabulary of `vocab_size`.
absl::StatusOr<std::vector<int32_t>> ParseIds(std::string_view text, int vocab_size);

/// The text of the ids [begin, begin + count) of a token file, or to its end if count < 0, in
/// pieces, so that it may be as large as the disk. Error: the file is for another vocabulary; a
/// range outside the file.
absl::Status PrintDecoded(const Tokenizer& tokenizer, const std::string& corpus_path, int64_t begin,
                          int64_t count, std::ostream& out);

/// The texts as one sequence of ids, the tokenizer's end-of-text token between them; or a token
/// file (`source.files`), by memory map.
absl::StatusOr<std::shared_ptr<const TokenStream>> TokensOf(const TextSource& source,
                                                            const std::string& tokenizer_spec,
                                                            std::unique_ptr<Tokenizer>* tokenizer);

struct PrintBatchesOptions {
  int64_t max_length = 4;
  int64_t stride = 4;
  DataLoaderOptions loader = {};
  int64_t num_batches = 2;
  uint64_t seed = 123;
};

/// The first batches of one pass, inputs and targets. Error: fewer tokens than one window.
absl::Status PrintBatches(const Tokenizer& tokenizer, std::shared_ptr<const TokenStream> tokens,
                          const PrintBatchesOptions& options, std::ostream& out);

struct TrainBpeOptions {
  int vocab_size = 1000;
  int64_t min_count = 2;
  std::vector<std::string> special_tokens = {"<|endoftext|>"};
  std::string format = "huggingface";  // gpt2, tiktoken
  std::string out;                     // a file; for gpt2 a folder
};

/// Learns a vocabulary from files (streamed) or given text, saves it, and prints what it learnt.
/// Errors: as of reading and writing; Ctrl-C.
absl::Status TrainBpe(const TextSource& source, const TrainBpeOptions& options, std::ostream& out);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_COMMANDS_H_
