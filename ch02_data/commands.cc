#include "ch02_data/commands.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ch02_data/load_tokenizer.h"
#include "ch02_data/sliding_window_dataset.h"
#include "ch02_data/token_corpus.h"
#include "ch02_data/tokenize_files.h"
#include "ch02_data/visible_text.h"
#include "ch02_data/vocabulary_file.h"
#include "tensor/random.h"

namespace gokart {
namespace {

using Ids = std::vector<int32_t>;

Ids RowOf(const TokenIds& ids, size_t row) {
  return {ids.data() + row * ids.shape(1), ids.data() + (row + 1) * ids.shape(1)};
}

void PrintBatch(const Tokenizer& tokenizer, const Batch& batch, std::ostream& out) {
  for (size_t row = 0; row < batch.inputs.shape(0); ++row) {
    const Ids inputs = RowOf(batch.inputs, row), targets = RowOf(batch.targets, row);
    out << "  inputs   " << IdsToText(inputs) << "    " << VisibleTokens(tokenizer, inputs)
        << "\n  targets  " << IdsToText(targets) << "    " << VisibleTokens(tokenizer, targets)
        << "\n";
  }
}

}  // namespace

absl::StatusOr<SpecialTokens> ParseSpecialTokens(const std::string& word) {
  if (word == "refuse") return SpecialTokens{};
  if (word == "allow") return SpecialTokens{.allowed = TokenSet::All()};
  if (word == "text") return SpecialTokens{.refused = {}};
  return absl::InvalidArgumentError(
      absl::StrCat("--special=", word, ": must be refuse, allow or text"));
}

absl::Status PrintEncoded(const Tokenizer& tokenizer, const std::vector<NamedText>& texts,
                          const PrintEncodedOptions& options, std::ostream& out) {
  for (const NamedText& text : texts) {
    const absl::StatusOr<Ids> ids = tokenizer.Encode(text.text, options.special);
    if (!ids.ok()) return InFile(text.name, ids.status());
    if (!options.pieces) {
      out << IdsToText(*ids) << "\n";
      continue;
    }
    for (const int32_t id : *ids) out << id << "\t" << VisibleTokens(tokenizer, {id}) << "\n";
  }
  return absl::OkStatus();
}

absl::StatusOr<Ids> ParseIds(std::string_view text, int vocab_size) {
  constexpr std::string_view kSeparators = " \t\r\n,;[]()";
  Ids ids;
  while (!text.empty()) {
    const size_t begin = std::min(text.find_first_not_of(kSeparators), text.size());
    const size_t end = std::min(text.find_first_of(kSeparators, begin), text.size());
    const std::string word(text.substr(begin, end - begin));
    text.remove_prefix(end);
    if (word.empty()) break;
    int32_t id = -1;
    if (!absl::SimpleAtoi(word, &id)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", VisibleText(word.substr(0, 40)), "\" is no token id"));
    }
    if (id < 0 || id >= vocab_size) {
      return absl::InvalidArgumentError(
          absl::StrCat("the id ", id, " is outside the vocabulary of ", vocab_size, " tokens"));
    }
    ids.push_back(id);
  }
  return ids;
}

absl::Status PrintDecoded(const Tokenizer& tokenizer, const std::string& corpus_path, int64_t begin,
                          int64_t count, std::ostream& out) {
  const auto corpus = OpenTokenizedFiles(corpus_path, tokenizer);
  if (!corpus.ok()) return corpus.status();
  const int64_t size = (*corpus)->size();
  const int64_t end = count < 0 ? size : begin + count;
  if (begin < 0 || begin > size || end > size) {
    return absl::OutOfRangeError(absl::StrCat(corpus_path, ": has the ids 0 to ", size - 1,
                                              ", not ", begin, " to ", end - 1));
  }
  constexpr int64_t kAtOnce = 1 << 16;
  for (int64_t at = begin; at < end; at += kAtOnce) {
    Ids ids(std::min(kAtOnce, end - at));
    (*corpus)->Read(at, ids);
    out << tokenizer.Decode(ids);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const TokenStream>> TokensOf(const TextSource& source,
                                                            const std::string& tokenizer_spec,
                                                            std::unique_ptr<Tokenizer>* tokenizer) {
  const bool corpus = !source.files.empty() && TokenCorpus::IsCorpus(source.files);
  std::vector<NamedText> texts;
  if (!corpus) {
    absl::StatusOr<std::vector<NamedText>> read = ReadTexts(source);
    if (!read.ok()) return read.status();
    texts = *std::move(read);
  }
  std::string all;  // what tokenizers that are made from the text are made from
  for (const NamedText& text : texts) all += text.text + "\n";
  absl::StatusOr<std::unique_ptr<Tokenizer>> loaded = LoadTokenizer(tokenizer_spec, all);
  if (!loaded.ok()) return loaded.status();
  *tokenizer = *std::move(loaded);
  if (corpus) return OpenTokenizedFiles(source.files, **tokenizer);

  Ids ids;
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto part = (*tokenizer)->Encode(texts[i].text, {.allowed = TokenSet::All()});
    if (!part.ok()) return InFile(texts[i].name, part.status());
    if (const auto end = (*tokenizer)->EndOfText(); end && i > 0) ids.push_back(*end);
    ids.insert(ids.end(), part->begin(), part->end());
  }
  return std::make_shared<TokenVector>(std::move(ids));
}

absl::Status PrintBatches(const Tokenizer& tokenizer, std::shared_ptr<const TokenStream> tokens,
                          const PrintBatchesOptions& options, std::ostream& out) {
  const SlidingWindowDataset dataset(tokens, options.max_length, options.stride);
  const DataLoader loader(dataset, options.loader);
  out << tokens->size() << " tokens, " << dataset.size() << " windows of " << options.max_length
      << ", " << loader.num_batches() << " batches of " << options.loader.batch_size << "\n";
  if (loader.num_batches() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the text has ", tokens->size(), " tokens; a batch needs ", options.loader.batch_size,
        " windows of ", options.max_length, " and one token more"));
  }
  Generator generator(options.seed);
  auto pass = loader.Begin(generator);
  for (int64_t i = 0; i < options.num_batches; ++i) {
    const std::optional<Batch> batch = pass.Next();
    if (!batch) break;
    out << "batch " << i + 1 << "\n";
    PrintBatch(tokenizer, *batch, out);
  }
  return absl::OkStatus();
}

}  // namespace gokart
