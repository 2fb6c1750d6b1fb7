#include "ch07_instruct/instruction_dataset.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

absl::StatusOr<InstructionIds> Tokenize(const InstructionEntry& entry,
                                        const PromptTemplate& prompt_template,
                                        const Tokenizer& tokenizer,
                                        const InstructionDatasetOptions& options) {
  // [exercise 7.6] Prompt and answer as one text
  // Task: Give the ids of the prompt with its answer behind it, and how many of the first are
  //       masked: none (kNothing), the request's (kInstruction), or the whole prompt's (kPrompt).
  //       Where more are masked than allowed_max_length leaves, give an absl::InvalidArgumentError
  //       that says how many tokens the request alone has and how many fit.
  // Hint: prompt_template.Format gives the prompt: With(answer) is the text to learn, Text() the
  //       prompt, request its first part.
  // Hint: EncodePlainText gives ids, or an error to pass on.
  // Hint: The message: "its request alone has 11 tokens, of which only 8 fit: nothing is left of
  //       its answer to learn".
  // Test: //ch07_instruct:instruction_dataset_test InstructionDatasetTest.*
  // Read: ch07_instruct/instruction_dataset.h

  const Prompt prompt = prompt_template.Format(entry.instruction, entry.input);
  absl::StatusOr<std::vector<int32_t>> ids = EncodePlainText(tokenizer, prompt.With(entry.output));
  if (!ids.ok()) return ids.status();
  InstructionIds text{*std::move(ids)};
  if (options.masking == Masking::kNothing) return text;
  const bool whole = options.masking == Masking::kPrompt;
  absl::StatusOr<std::vector<int32_t>> masked =
      EncodePlainText(tokenizer, whole ? prompt.Text() : prompt.request);
  if (!masked.ok()) return masked.status();
  text.masked = static_cast<int64_t>(masked->size());
  const int64_t room = options.allowed_max_length.value_or(text.masked);
  if (text.masked > room) {
    return absl::InvalidArgumentError(absl::StrCat("its request alone has ", text.masked,
                                                   " tokens, of which only ", room,
                                                   " fit: nothing is left of its answer to learn"));
  }
  return text;
  // [end of exercise 7.6]
}

}  // namespace

absl::StatusOr<std::vector<int32_t>> EncodePlainText(const Tokenizer& tokenizer,
                                                     const std::string& text) {
  return tokenizer.Encode(text, {.refused = {}});
}

absl::StatusOr<InstructionDataset> InstructionDataset::Make(
    const std::vector<InstructionEntry>& entries, const PromptTemplate& prompt_template,
    const Tokenizer& tokenizer, const InstructionDatasetOptions& options) {
  const std::optional<int32_t> end = tokenizer.EndOfText();
  if (!end) {
    return absl::InvalidArgumentError(
        absl::StrCat("tokenizer ", tokenizer.name(), " has no end of text to end answers with"));
  }
  InstructionDataset dataset;
  dataset.end_of_text_ = *end;
  dataset.allowed_max_length_ = options.allowed_max_length;
  dataset.texts_.reserve(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    absl::StatusOr<InstructionIds> text = Tokenize(entries[i], prompt_template, tokenizer, options);
    if (!text.ok()) {
      return absl::Status(text.status().code(),
                          absl::StrCat("entry ", i, ": ", std::string(text.status().message())));
    }
    dataset.texts_.push_back(*std::move(text));
  }
  return dataset;
}

Batch InstructionDataset::Get(std::span<const int64_t> examples) const {
  std::vector<const InstructionIds*> texts;
  texts.reserve(examples.size());
  for (int64_t example : examples) {
    if (example < 0 || example >= size()) {
      throw std::invalid_argument("InstructionDataset: no example " + std::to_string(example) +
                                  " of " + std::to_string(size()));
    }
    texts.push_back(&texts_[example]);
  }
  return CollateInstructions(texts, end_of_text_, allowed_max_length_);
}

int64_t InstructionDataset::LongestText() const {
  size_t longest = 0;
  for (const InstructionIds& text : texts_) longest = std::max(longest, text.ids.size());
  return static_cast<int64_t>(longest);
}

int64_t InstructionDataset::NumCutOff() const {
  if (!allowed_max_length_) return 0;
  return std::count_if(texts_.begin(), texts_.end(), [&](const InstructionIds& text) {
    return static_cast<int64_t>(text.ids.size()) > *allowed_max_length_;
  });
}

}  // namespace gokart
