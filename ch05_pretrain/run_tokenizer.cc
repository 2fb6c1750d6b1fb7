#include "ch05_pretrain/run_tokenizer.h"

#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/bpe_trainer.h"
#include "ch05_pretrain/weights/weights_tokenizer.h"

namespace gokart {
namespace {

constexpr std::string_view kTrainPrefix = "bpe:";
// More text than this hardly changes the most frequent pairs.
constexpr size_t kTrainingBytes = size_t{64} << 20;

absl::StatusOr<std::unique_ptr<Tokenizer>> TrainTokenizer(int vocab_size, std::string_view text) {
  BpeTrainer trainer;
  trainer.AddText(text.substr(0, kTrainingBytes));
  absl::StatusOr<BpeVocabulary> vocabulary = trainer.Train({.vocab_size = vocab_size});
  if (!vocabulary.ok()) return vocabulary.status();
  return std::make_unique<BpeTokenizer>(absl::StrCat(std::string(kTrainPrefix), vocab_size),
                                        *std::move(vocabulary));
}

// Byte-level BPE goes into a tokenizer.json, which other programs read too; sentencepiece has a
// format of its own.
constexpr const char* kNames[] = {"tokenizer.json", "tokenizer.model"};

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> MakeRunTokenizer(const std::string& spec,
                                                            std::string_view text) {
  if (!spec.starts_with(kTrainPrefix)) return LoadTokenizerOrGguf(spec, text);
  int vocab_size = 0;
  if (!absl::SimpleAtoi(spec.substr(kTrainPrefix.size()), &vocab_size)) {
    return absl::InvalidArgumentError(
        absl::StrCat("tokenizer is '", spec, "': a number of tokens must follow 'bpe:'"));
  }
  return TrainTokenizer(vocab_size, text);
}

absl::Status SaveRunTokenizer(const Tokenizer& tokenizer, const std::string& folder) {
  const bool bpe = dynamic_cast<const BpeTokenizer*>(&tokenizer) != nullptr;
  return tokenizer.Save(absl::StrCat(folder, "/", kNames[bpe ? 0 : 1]));
}

absl::StatusOr<std::string> FindRunTokenizer(const std::string& folder) {
  for (const char* name : kNames) {
    const std::string path = absl::StrCat(folder, "/", name);
    if (std::filesystem::exists(path)) return path;
  }
  return absl::NotFoundError(absl::StrCat(folder, ": there is no ", kNames[0], " or ", kNames[1]));
}

}  // namespace gokart
