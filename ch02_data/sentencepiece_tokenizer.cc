#include "ch02_data/sentencepiece_tokenizer.h"

#include <map>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch02_data/sentencepiece_check.h"
#include "ch02_data/vocabulary_file.h"
#include "workshop/file.h"

namespace gokart {
namespace {

// Sentences as the trainer takes them: lines that are not empty.
std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (text.substr(0, end).find_first_not_of(" \t\r") != text.npos) {
      lines.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

SentencePieceTokenizer::SentencePieceTokenizer(std::string name, std::string serialized,
                                               std::unique_ptr<SentencePieceModel> model)
    : name_(std::move(name)), serialized_(std::move(serialized)), model_(std::move(model)) {
  std::vector<AddedToken> control;
  for (int32_t id = 0; id < model_->size(); ++id) {
    if (model_->IsControl(id)) control.push_back({model_->Piece(id), id});
  }
  special_tokens_ = SpecialTokenSplitter(std::move(control));
}

absl::StatusOr<std::unique_ptr<SentencePieceTokenizer>> SentencePieceTokenizer::Make(
    std::string name, std::string serialized) {
  std::string error = "empty";
  std::unique_ptr<SentencePieceModel> model;
  if (absl::Status status = CheckSentencePieceModel(serialized); !status.ok()) {
    error = std::string(status.message());
  } else if (!serialized.empty()) {
    model = SentencePieceModel::Parse(serialized, &error);
  }
  if (model == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no sentencepiece model (", error, ")"));
  }
  return std::unique_ptr<SentencePieceTokenizer>(
      new SentencePieceTokenizer(std::move(name), std::move(serialized), std::move(model)));
}

absl::StatusOr<std::unique_ptr<SentencePieceTokenizer>> SentencePieceTokenizer::Load(
    const std::string& path) {
  absl::StatusOr<std::string> serialized = ReadFile(path, kMaxVocabularyFile);
  if (!serialized.ok()) return serialized.status();
  auto tokenizer = Make(path, *std::move(serialized));
  if (!tokenizer.ok()) return InFile(path, tokenizer.status());
  return tokenizer;
}

absl::StatusOr<std::unique_ptr<SentencePieceTokenizer>> SentencePieceTokenizer::Train(
    std::string_view text, const SentencePieceOptions& options) {
  const std::vector<std::string> sentences = Lines(text);
  if (sentences.empty()) {
    return absl::InvalidArgumentError("sentencepiece: there is no text to train on");
  }
  const std::map<std::string, std::string> arguments = {
      {"vocab_size", std::to_string(options.vocab_size)},
      {"model_type", options.model_type},
      {"byte_fallback", options.byte_fallback ? "true" : "false"},
      {"max_sentence_length", "1000000000"},  // else longer lines are left out
      {"num_threads", "4"},                   // sums are made per thread: fixed for equal results
      {"minloglevel", "2"},
  };
  std::string error;
  std::string serialized = SentencePieceModel::Train(sentences, arguments, &error);
  if (serialized.empty()) return absl::InvalidArgumentError("sentencepiece: " + error);
  return Make("sentencepiece", std::move(serialized));
}

absl::StatusOr<std::vector<int32_t>> SentencePieceTokenizer::Encode(
    std::string_view text, const SpecialTokens& special) const {
  std::vector<int32_t> ids;
  absl::Status failure;
  const auto encode_part = [&](std::string_view part) {
    std::vector<int> part_ids;
    std::string error;
    if (!model_->Encode(part, &part_ids, &error)) {
      failure = absl::InternalError("sentencepiece: " + error);
    }
    ids.insert(ids.end(), part_ids.begin(), part_ids.end());
  };
  const absl::Status status =
      special_tokens_.Split(text, special, encode_part, [&](int32_t id) { ids.push_back(id); });
  if (!status.ok()) return status;
  if (!failure.ok()) return failure;
  return ids;
}

std::string SentencePieceTokenizer::Decode(const std::vector<int32_t>& ids) const {
  CheckIds(ids);
  std::string text, error;
  if (!model_->Decode(std::vector<int>(ids.begin(), ids.end()), &text, &error)) {
    throw std::runtime_error("sentencepiece: " + error);
  }
  return text;
}

std::optional<int32_t> SentencePieceTokenizer::SpecialToken(std::string_view text) const {
  return special_tokens_.Find(text);
}

std::optional<int32_t> SentencePieceTokenizer::EndOfText() const {
  const int32_t id = model_->end_of_sentence();
  return id < 0 ? std::nullopt : std::make_optional(id);
}

size_t SentencePieceTokenizer::LastSafeCut(std::string_view text) const {
  const size_t line_feed = text.rfind('\n');
  return line_feed == text.npos ? 0 : line_feed + 1;
}

absl::Status SentencePieceTokenizer::Save(const std::string& path) const {
  return WriteFile(path, serialized_);
}

std::vector<std::string> SentencePieceTokenizer::Pieces(const std::vector<int32_t>& ids) const {
  CheckIds(ids);
  std::vector<std::string> pieces;
  for (const int32_t id : ids) pieces.push_back(model_->Piece(id));
  return pieces;
}

}  // namespace gokart
