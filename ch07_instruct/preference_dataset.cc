#include "ch07_instruct/preference_dataset.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "absl/strings/str_cat.h"
#include "ch07_instruct/instruction_dataset.h"
#include "tensor/ops/cross_entropy.h"

namespace gokart {
namespace {

// The line breaks between request and header.
constexpr int64_t kTokensBehindRequest = 2;

absl::StatusOr<PreferencePair> Tokenize(const InstructionEntry& entry,
                                        const PromptTemplate& prompt_template,
                                        const Tokenizer& tokenizer,
                                        std::optional<int64_t> allowed_max_length,
                                        std::optional<int32_t> end) {
  const Prompt prompt = prompt_template.Format(entry.instruction, entry.input);
  const auto encode = [&](const std::string& text) { return EncodePlainText(tokenizer, text); };
  absl::StatusOr<std::vector<int32_t>> request = encode(prompt.request);
  if (!request.ok()) return request.status();
  absl::StatusOr<std::vector<int32_t>> chosen = encode(prompt.With(entry.Extra("chosen")));
  if (!chosen.ok()) return chosen.status();
  absl::StatusOr<std::vector<int32_t>> rejected = encode(prompt.With(entry.Extra("rejected")));
  if (!rejected.ok()) return rejected.status();
  PreferencePair pair = {*std::move(chosen), *std::move(rejected),
                         static_cast<int64_t>(request->size()) + kTokensBehindRequest};
  for (std::vector<int32_t>* ids : {&pair.chosen, &pair.rejected}) {
    if (end) ids->push_back(*end);
    const auto n = static_cast<int64_t>(ids->size());
    ids->resize(std::min(n, allowed_max_length.value_or(n)));
    if (static_cast<int64_t>(ids->size()) <= pair.prompt_length) {
      return absl::InvalidArgumentError(absl::StrCat(
          "its prompt has ", pair.prompt_length, " tokens, which leaves nothing of an answer of ",
          n - pair.prompt_length, " within ", ids->size()));
    }
  }
  return pair;
}

void FillRow(const std::vector<int32_t>& ids, int64_t prompt_length, int32_t* inputs,
             int32_t* targets) {
  // [exercise 7.11] Chosen and rejected answers
  // Task: Put the text into the row `inputs`, and the tokens behind its first prompt_length into
  //       `targets`, each one place earlier than in the text; all other places stay as they are. In
  //       Get below fill the rows of a batch: first all chosen texts, then all rejected ones.
  // Hint: Position i predicts token i + 1, so that the answer's first token is the target of the
  //       prompt's last.
  // Hint: Get: row r begins at data() + r * columns, and the rejected text of pair i is in row
  //       pairs + i.
  // Test: //ch07_instruct:dpo_loss_test PreferenceRows.*
  // Read: ch07_instruct/preference_dataset.h

  std::copy(ids.begin(), ids.end(), inputs);
  // Position i predicts token i + 1.
  const auto begin = static_cast<size_t>(prompt_length);
  for (size_t i = begin; i < ids.size(); ++i) targets[i - 1] = ids[i];
  // [end of exercise 7.11]
}

}  // namespace

absl::StatusOr<PreferenceDataset> PreferenceDataset::Make(
    const std::vector<InstructionEntry>& entries, const PromptTemplate& prompt_template,
    const Tokenizer& tokenizer, std::optional<int64_t> allowed_max_length, bool with_ends) {
  const std::optional<int32_t> end = tokenizer.EndOfText();
  if (!end) {
    return absl::InvalidArgumentError(
        absl::StrCat("tokenizer ", tokenizer.name(), " has no end of text to fill rows with"));
  }
  PreferenceDataset dataset;
  dataset.end_of_text_ = *end;
  for (size_t i = 0; i < entries.size(); ++i) {
    absl::StatusOr<PreferencePair> pair = Tokenize(
        entries[i], prompt_template, tokenizer, allowed_max_length, with_ends ? end : std::nullopt);
    if (!pair.ok()) {
      return absl::Status(pair.status().code(),
                          absl::StrCat("entry ", i, ": ", std::string(pair.status().message())));
    }
    dataset.pairs_.push_back(*std::move(pair));
  }
  return dataset;
}

Batch PreferenceDataset::Get(std::span<const int64_t> examples) const {
  size_t columns = 0;
  for (int64_t example : examples) {
    if (example < 0 || example >= size()) {
      throw std::invalid_argument("PreferenceDataset: no example " + std::to_string(example) +
                                  " of " + std::to_string(size()));
    }
    columns = std::max({columns, pairs_[example].chosen.size(), pairs_[example].rejected.size()});
  }
  const size_t pairs = examples.size();
  Batch batch{TokenIds({2 * pairs, columns}), TokenIds({2 * pairs, columns})};
  batch.inputs.fill(end_of_text_);
  batch.targets.fill(ops::kIgnoreIndex);
  // [exercise 7.11, continued]
  for (size_t i = 0; i < pairs; ++i) {
    const PreferencePair& pair = pairs_[examples[i]];
    const size_t chosen = i * columns, rejected = (pairs + i) * columns;
    FillRow(pair.chosen, pair.prompt_length, batch.inputs.data() + chosen,
            batch.targets.data() + chosen);
    FillRow(pair.rejected, pair.prompt_length, batch.inputs.data() + rejected,
            batch.targets.data() + rejected);
  }
  // [end of exercise 7.11]
  return batch;
}

}  // namespace gokart
