#include "ch05_pretrain/weights/weights_tokenizer.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <span>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/load_tokenizer.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/gguf/gguf_vocabulary.h"
#include "ch05_pretrain/weights/gguf/open_gguf.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;

bool HasTokenizer(const WeightFile& gguf) {
  const auto kind = gguf.metadata.find("tokenizer.ggml.model");
  return kind != gguf.metadata.end() && kind->second != "none";
}

bool BeginsAsGguf(const std::string& path) {
  std::array<char, 4> start = {};
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  std::ifstream(path, std::ios::binary).read(start.data(), start.size());
  return IsGguf(std::as_bytes(std::span(start)));
}

absl::StatusOr<std::unique_ptr<Tokenizer>> FromGguf(const std::string& path) {
  const absl::StatusOr<GgufFile> gguf = GgufFile::Open(path);
  if (!gguf.ok()) return gguf.status();
  absl::StatusOr<BpeVocabulary> vocabulary = VocabularyFromGguf(gguf->metadata(), path);
  if (!vocabulary.ok()) return vocabulary.status();
  return std::make_unique<BpeTokenizer>(path, *std::move(vocabulary));
}

}  // namespace

std::string TokenizerSpecOf(const WeightFile& file) {
  if (file.format == "GGUF" && HasTokenizer(file)) return file.path;
  const fs::path folder = fs::path(file.path).parent_path();
  for (const char* name : {"tokenizer.json", "tokenizer.model", "vocab.json", "encoder.json"}) {
    std::error_code error;
    if (fs::is_regular_file(folder / name, error)) return (folder / name).string();
  }
  return "gpt2";
}

absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizerOrGguf(const std::string& spec,
                                                               std::string_view text) {
  return BeginsAsGguf(spec) ? FromGguf(spec) : LoadTokenizer(spec, text);
}

absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizerOf(const WeightFile& file,
                                                           const std::string& spec,
                                                           int64_t vocab_size) {
  const std::string used = spec.empty() ? TokenizerSpecOf(file) : spec;
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = LoadTokenizerOrGguf(used);
  if (!tokenizer.ok() || (*tokenizer)->vocab_size() <= vocab_size) return tokenizer;
  const bool guessed = spec.empty() && used == "gpt2";
  return absl::InvalidArgumentError(absl::StrCat(
      guessed ? absl::StrCat(file.path, ": there is no tokenizer beside it, and GPT-2's") : used,
      " has ", (*tokenizer)->vocab_size(), " tokens, but the model in ", file.path, " only knows ",
      vocab_size, guessed ? ": give --tokenizer" : ""));
}

}  // namespace gokart
