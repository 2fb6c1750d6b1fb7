#include "ch05_pretrain/weights/weights_tokenizer.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/load_tokenizer.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/gguf/gguf_gpt.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;

// The tokenizer in a GGUF file, or null if it holds none.
absl::StatusOr<std::unique_ptr<Tokenizer>> FromGguf(const WeightFile& file) {
  const auto kind = file.metadata.find("tokenizer.ggml.model");
  if (kind == file.metadata.end() || kind->second == "none") return nullptr;
  const absl::StatusOr<GgufFile> gguf = GgufFile::Open(file.path);
  if (!gguf.ok()) return gguf.status();
  absl::StatusOr<BpeVocabulary> vocabulary = VocabularyFromGguf(gguf->metadata(), file.path);
  if (!vocabulary.ok()) return vocabulary.status();
  return std::make_unique<BpeTokenizer>(file.path, *std::move(vocabulary));
}

}  // namespace

std::string TokenizerBeside(const WeightFile& file) {
  const fs::path folder = fs::path(file.path).parent_path();
  for (const char* name : {"tokenizer.json", "tokenizer.model", "vocab.json", "encoder.json"}) {
    std::error_code error;
    if (fs::is_regular_file(folder / name, error)) return (folder / name).string();
  }
  return "gpt2";
}

absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizerOf(const WeightFile& file,
                                                           const std::string& spec,
                                                           int64_t vocab_size) {
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = nullptr;
  if (spec.empty() && file.format == "GGUF") tokenizer = FromGguf(file);
  if (!tokenizer.ok()) return tokenizer;
  const std::string used = spec.empty() ? TokenizerBeside(file) : spec;
  if (*tokenizer == nullptr) tokenizer = LoadTokenizer(used);
  if (!tokenizer.ok() || (*tokenizer)->vocab_size() <= vocab_size) return tokenizer;
  const bool guessed = spec.empty() && used == "gpt2";
  return absl::InvalidArgumentError(absl::StrCat(
      guessed ? absl::StrCat(file.path, ": there is no tokenizer beside it, and GPT-2's") : used,
      " has ", (*tokenizer)->vocab_size(), " tokens, but the model in ", file.path, " only knows ",
      vocab_size));
}

}  // namespace gokart
