#include "ch02_data/load_tokenizer.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/character_tokenizer.h"
#include "ch02_data/gpt2_format.h"
#include "ch02_data/huggingface_format.h"
#include "ch02_data/sentencepiece_tokenizer.h"
#include "ch02_data/simple_vocabulary_format.h"
#include "ch02_data/tiktoken_format.h"
#include "ch02_data/vocabulary_file.h"
#include "ch02_data/word_tokenizer.h"
#include "nlohmann/json.hpp"
#include "workshop/assets.h"
#include "workshop/file.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;

using TokenizerOr = absl::StatusOr<std::unique_ptr<Tokenizer>>;

TokenizerOr FromBpe(const std::string& name, absl::StatusOr<BpeVocabulary> vocabulary) {
  if (!vocabulary.ok()) return vocabulary.status();
  return std::make_unique<BpeTokenizer>(name, *std::move(vocabulary));
}

bool Exists(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

TokenizerOr LoadGpt2Asset() {
  const std::string encoder = AssetPath("gpt2/encoder.json"), merges = AssetPath("gpt2/vocab.bpe");
  if (!Exists(encoder) || !Exists(merges)) {
    return absl::NotFoundError(
        absl::StrCat("GPT-2's vocabulary (encoder.json and vocab.bpe) is not in ",
                     AssetPath("gpt2"), "; run ./setup.sh"));
  }
  return FromBpe("gpt2", LoadGpt2(encoder, merges));
}

TokenizerOr FromText(const std::string& kind, std::string_view text) {
  if (text.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the tokenizer \"", kind, "\" is made from a text, and there is none"));
  }
  if (kind == "words") return std::make_unique<SimpleTokenizerV2>(WordVocabulary(text));
  return std::make_unique<CharacterTokenizer>(CharacterVocabulary(text));
}

TokenizerOr LoadSimple(const std::string& path) {
  absl::StatusOr<SimpleVocabulary> vocabulary = LoadSimpleVocabulary(path);
  if (!vocabulary.ok()) return vocabulary.status();
  std::vector<std::string>& entries = vocabulary->entries;
  if (vocabulary->kind == "words") return std::make_unique<SimpleTokenizerV2>(std::move(entries));
  if (vocabulary->kind == "words-v1") {
    return std::make_unique<SimpleTokenizerV1>(std::move(entries));
  }
  if (vocabulary->kind == "characters") {
    return std::make_unique<CharacterTokenizer>(std::move(entries));
  }
  return FileError(path, absl::StrCat("gokart_tokenizer is \"", vocabulary->kind,
                                      "\", expected words, words-v1 or characters"));
}

// A rank file does not say how text was cut for it. These sizes are those of well-known
// vocabularies that were made for other ways than GPT-2's.
TokenizerOr LoadRanks(const std::string& path) {
  absl::StatusOr<BpeVocabulary> vocabulary = LoadTiktoken(path);
  if (!vocabulary.ok()) return vocabulary.status();
  for (const auto& [ranks, name] :
       {std::pair(100256, "cl100k_base"), std::pair(199998, "o200k_base"),
        std::pair(128000, "Llama 3's"), std::pair(151643, "Qwen's")}) {
    if (vocabulary->size() == ranks + 1) {
      return absl::UnimplementedError(
          absl::StrCat(path, ": with ", ranks, " ranks this is ", name,
                       " vocabulary, which needs another split pattern than GPT-2's"));
    }
  }
  return FromBpe(path, std::move(vocabulary));
}

// The other half of a vocabulary in two files, of which OpenAI and Hugging Face call it by one name
// each: that of the same publisher if `path` is `theirs`, the second one's, or else what there is.
std::string PartnerOf(const fs::path& path, const char* theirs, std::vector<std::string> names) {
  if (path.filename() == theirs) std::swap(names[0], names[1]);
  for (const std::string& name : names) {
    if (Exists(path.parent_path() / name)) return path.parent_path() / name;
  }
  return path.parent_path() / names[0];
}

enum class Format { kEncoder, kMerges, kRanks, kHuggingFace, kSimple, kSentencePiece, kUnknown };

// Reads a JSON file only until it is clear what it is: a member "model" or "gokart_tokenizer", or a
// token with its id.
class JsonSniffer : public nlohmann::json_sax<nlohmann::json> {
 public:
  using Json = nlohmann::json;
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(Json::number_integer_t) override { return true; }
  bool number_unsigned(Json::number_unsigned_t) override {
    return depth_ == 1 ? Decide(Format::kEncoder) : true;
  }
  bool number_float(Json::number_float_t, const Json::string_t&) override { return true; }
  bool string(Json::string_t&) override { return true; }
  bool binary(Json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_ < 32; }
  bool key(Json::string_t& name) override {
    if (depth_ == 1 && name == "model") return Decide(Format::kHuggingFace);
    if (depth_ == 1 && name == "gokart_tokenizer") return Decide(Format::kSimple);
    return true;
  }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t) override { return ++depth_ < 32; }
  bool end_array() override { return --depth_, true; }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }
  Format format = Format::kUnknown;

 private:
  bool Decide(Format found) {
    format = found;
    return false;
  }
  int depth_ = 0;
};

Format FormatOfJson(const std::string& content) {
  JsonSniffer sniffer;
  nlohmann::json::sax_parse(content, &sniffer);
  // A broken or empty object: let the most common format's reader say what is wrong.
  return sniffer.format == Format::kUnknown ? Format::kHuggingFace : sniffer.format;
}

Format FormatOf(const std::string& content) {
  const std::string first_line = content.substr(0, content.find('\n'));
  if (content.starts_with('\n')) return Format::kSentencePiece;  // field 1 of a ModelProto
  if (content.starts_with('{') || content.starts_with(" {")) return FormatOfJson(content);
  if (first_line.starts_with("#version")) return Format::kMerges;
  const size_t space = first_line.find(' ');
  const std::string after = space == first_line.npos ? "" : first_line.substr(space + 1);
  const bool number = !after.empty() && after.find_first_not_of("0123456789\r") == after.npos;
  return number ? Format::kRanks : Format::kUnknown;
}

TokenizerOr LoadFile(const std::string& path) {
  const absl::StatusOr<std::string> content = ReadFile(path, kMaxVocabularyFile);
  if (!content.ok()) return content.status();
  switch (FormatOf(*content)) {
    case Format::kEncoder:
      return FromBpe(path,
                     LoadGpt2(path, PartnerOf(path, "vocab.json", {"vocab.bpe", "merges.txt"})));
    case Format::kMerges:
      return FromBpe(path,
                     LoadGpt2(PartnerOf(path, "merges.txt", {"encoder.json", "vocab.json"}), path));
    case Format::kRanks:
      return LoadRanks(path);
    case Format::kHuggingFace:
      return FromBpe(path, LoadHuggingFace(path));
    case Format::kSimple:
      return LoadSimple(path);
    case Format::kSentencePiece:
      return SentencePieceTokenizer::Load(path);
    case Format::kUnknown:
      break;
  }
  return FileError(path,
                   "is no tokenizer: expected tokenizer.json, encoder.json, vocab.bpe, a tiktoken "
                   "rank file or a sentencepiece model");
}

}  // namespace

TokenizerOr LoadTokenizer(const std::string& spec, std::string_view text) {
  if (spec == "gpt2") return LoadGpt2Asset();
  if (spec == "words" || spec == "characters") return FromText(spec, text);
  std::error_code error;
  if (fs::is_directory(spec, error)) {
    for (const char* name : {"tokenizer.json", "encoder.json", "vocab.bpe", "tokenizer.model"}) {
      if (Exists(fs::path(spec) / name)) return LoadFile(fs::path(spec) / name);
    }
    return absl::NotFoundError(
        spec + ": the folder has no tokenizer.json, encoder.json or tokenizer.model");
  }
  if (!Exists(spec)) {
    return absl::NotFoundError(absl::StrCat("the tokenizer \"", spec,
                                            "\" is neither gpt2, characters or words, nor a file"));
  }
  return LoadFile(spec);
}

}  // namespace gokart
