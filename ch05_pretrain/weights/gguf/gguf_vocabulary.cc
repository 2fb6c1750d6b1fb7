#include "ch05_pretrain/weights/gguf/gguf_vocabulary.h"

#include <optional>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch02_data/byte_symbols.h"
#include "ch02_data/tokenizer.h"
#include "ch02_data/vocabulary_file.h"

namespace gokart {
namespace {

constexpr char kModel[] = "tokenizer.ggml.model";
constexpr char kSplit[] = "tokenizer.ggml.pre";
constexpr char kTokens[] = "tokenizer.ggml.tokens";
constexpr char kTypes[] = "tokenizer.ggml.token_type";
constexpr char kMerges[] = "tokenizer.ggml.merges";

// llama.cpp's kinds of tokens (enum llama_token_type).
enum TokenType : int32_t { kNormal = 1, kControl = 3, kUserDefined = 4, kUnused = 5 };

void Set(GgufMetadata& metadata, const std::string& key, GgufValue value) {
  for (auto& [name, old] : metadata) {
    if (name == key) {
      old = std::move(value);
      return;
    }
  }
  metadata.emplace_back(key, std::move(value));
}

std::vector<int32_t> TypesOf(const BpeVocabulary& vocabulary, int64_t vocab_size) {
  std::vector<int32_t> types(static_cast<size_t>(vocab_size), kUnused);
  for (int32_t id = 0; id < vocabulary.size(); ++id) types[id] = kNormal;
  for (const AddedToken& token : vocabulary.added_tokens()) {
    types[token.id] = token.special ? kControl : kUserDefined;
  }
  return types;
}

// Ids of the tokens that begin and end texts.
void SetEndOfText(const BpeVocabulary& vocabulary, GgufMetadata& metadata) {
  for (const AddedToken& token : vocabulary.added_tokens()) {
    if (token.text != Tokenizer::kEndOfText) continue;
    for (const char* key : {"tokenizer.ggml.bos_token_id", "tokenizer.ggml.eos_token_id"}) {
      Set(metadata, key, static_cast<uint32_t>(token.id));
    }
  }
}

// An array that must be there.
template <typename T>
absl::StatusOr<const std::vector<T>*> ReadArray(const GgufMetadata& metadata, const char* key,
                                                const char* what) {
  if (const std::vector<T>* array = GetArray<T>(metadata, key)) return array;
  const GgufValue* found = FindValue(metadata, key);
  return absl::InvalidArgumentError(absl::StrCat(key, " is ",
                                                 found == nullptr ? "missing" : ValueText(*found),
                                                 ", expected an array of ", what));
}

absl::Status CheckKind(const GgufMetadata& metadata) {
  for (const auto& [key, expected] : {std::pair(kModel, "gpt2"), std::pair(kSplit, "gpt-2")}) {
    const GgufValue* found = FindValue(metadata, key);
    if (found == nullptr && key == kSplit) continue;  // files from before there were others
    if (found != nullptr && *found == GgufValue(std::string(expected))) continue;
    return absl::UnimplementedError(
        absl::StrCat(key, " is ", found == nullptr ? "missing" : ValueText(*found), ", expected ",
                     expected, ": only GPT-2's kind of tokenizer is supported"));
  }
  return absl::OkStatus();
}

// Tokens by their ids: ordinary ones as bytes, others apart. Unused ones at the end are no tokens.
struct Tokens {
  std::vector<std::string> ordinary;
  std::vector<AddedToken> added;
};

absl::StatusOr<Tokens> SortTokens(const std::vector<std::string>& names,
                                  const std::vector<int32_t>& types) {
  size_t count = names.size();
  while (count > 0 && types[count - 1] == kUnused) --count;
  if (count > static_cast<size_t>(BpeVocabulary::kMaxTokens)) {
    return absl::InvalidArgumentError(
        absl::StrCat(count, " tokens, expected at most ", BpeVocabulary::kMaxTokens));
  }
  Tokens tokens;
  tokens.ordinary.resize(count);
  for (size_t id = 0; id < count; ++id) {
    const std::optional<std::string> bytes = FromSymbols(names[id]);
    if (types[id] != kNormal) {
      const bool special = types[id] == kControl;
      tokens.added.push_back({names[id], static_cast<int32_t>(id), special});
    } else if (bytes && !bytes->empty()) {
      tokens.ordinary[id] = *bytes;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat(kTokens, "[", id, "]: expected characters that each stand for a byte"));
    }
  }
  return tokens;
}

absl::StatusOr<std::vector<std::pair<int, int>>> ReadMerges(const std::vector<std::string>& merges,
                                                            const std::vector<std::string>& names) {
  std::unordered_map<std::string, int> id_of;
  for (size_t id = 0; id < names.size(); ++id) id_of.emplace(names[id], static_cast<int>(id));
  std::vector<std::pair<int, int>> pairs;
  for (size_t i = 0; i < merges.size(); ++i) {
    const size_t space = merges[i].find(' ');
    const auto left = id_of.find(merges[i].substr(0, space));
    const auto right =
        id_of.find(space == std::string::npos ? std::string() : merges[i].substr(space + 1));
    if (left == id_of.end() || right == id_of.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(kMerges, "[", i, "]: expected two tokens with a space between them"));
    }
    pairs.emplace_back(left->second, right->second);
  }
  return pairs;
}

absl::StatusOr<BpeVocabulary> ReadVocabulary(const GgufMetadata& metadata) {
  if (absl::Status s = CheckKind(metadata); !s.ok()) return s;
  const auto names = ReadArray<std::string>(metadata, kTokens, "strings");
  if (!names.ok()) return names.status();
  const auto types = ReadArray<int32_t>(metadata, kTypes, "32-bit integers");
  if (!types.ok()) return types.status();
  const auto merges = ReadArray<std::string>(metadata, kMerges, "strings");
  if (!merges.ok()) return merges.status();
  if ((*names)->size() != (*types)->size()) {
    return absl::InvalidArgumentError(
        absl::StrCat((*names)->size(), " tokens, but ", (*types)->size(), " in ", kTypes));
  }
  absl::StatusOr<Tokens> tokens = SortTokens(**names, **types);
  if (!tokens.ok()) return tokens.status();
  const auto pairs = ReadMerges(**merges, **names);
  if (!pairs.ok()) return pairs.status();
  return BpeVocabulary::FromMerges(std::move(tokens->ordinary), *pairs, std::move(tokens->added));
}

}  // namespace

absl::Status VocabularyToGguf(const BpeVocabulary& vocabulary, int64_t vocab_size,
                              GgufMetadata& metadata) {
  absl::StatusOr<std::vector<std::string>> names = NamesInJson(vocabulary);
  if (!names.ok()) return names.status();
  const absl::StatusOr<std::vector<Merge>> merges = MergesToWrite(vocabulary);
  if (!merges.ok()) return merges.status();
  if (vocabulary.size() > vocab_size) {
    return absl::InvalidArgumentError(
        absl::StrCat("a tokenizer of ", vocabulary.size(), " tokens for a model of ", vocab_size));
  }
  std::vector<std::string> pairs;
  for (const Merge& merge : *merges) {
    pairs.push_back(absl::StrCat((*names)[merge.left], " ", (*names)[merge.right]));
  }
  for (int64_t id = vocabulary.size(); id < vocab_size; ++id) {
    names->push_back(absl::StrCat("[PAD", id, "]"));
  }
  Set(metadata, kModel, std::string("gpt2"));
  Set(metadata, kSplit, std::string("gpt-2"));
  Set(metadata, kTokens, GgufArray(*std::move(names)));
  Set(metadata, kTypes, GgufArray(TypesOf(vocabulary, vocab_size)));
  Set(metadata, kMerges, GgufArray(std::move(pairs)));
  SetEndOfText(vocabulary, metadata);
  Set(metadata, "tokenizer.ggml.add_bos_token", false);
  return absl::OkStatus();
}

absl::StatusOr<BpeVocabulary> VocabularyFromGguf(const GgufMetadata& metadata,
                                                 const std::string& path) {
  absl::StatusOr<BpeVocabulary> vocabulary = ReadVocabulary(metadata);
  if (vocabulary.ok()) return vocabulary;
  return InFile(path, vocabulary.status());
}

}  // namespace gokart
