#include "ch07_instruct/collate.h"

#include <algorithm>
#include <stdexcept>

#include "tensor/ops/cross_entropy.h"

namespace gokart {
namespace {

int64_t RowLength(std::span<const InstructionIds* const> texts,
                  std::optional<int64_t> allowed_max_length) {
  size_t longest = 0;
  for (const InstructionIds* text : texts) {
    if (text->ids.empty()) throw std::invalid_argument("CollateInstructions: a text without ids");
    longest = std::max(longest, text->ids.size());
  }
  const auto length = static_cast<int64_t>(longest);
  return std::min(length, allowed_max_length.value_or(length));
}

void MaskInstruction(int64_t masked, std::span<int32_t> targets) {
  // [exercise 7.5] Instructions that are not learnt
  // Task: Make the targets ops::kIgnoreIndex that are among the first `masked` tokens of the text.
  //       `targets` are those of one row, which may be cut off.
  // Hint: The target at place i is token i + 1, so that one place fewer is to be masked.
  // Hint: std::fill_n(from, how many, value).
  // Test: //ch07_instruct:collate_test MaskedInstructions.*
  // Read: ch07_instruct/collate.h

  const int64_t places = std::max<int64_t>(masked - 1, 0);
  std::fill_n(targets.begin(), std::min<int64_t>(places, targets.size()), ops::kIgnoreIndex);
  // [end of exercise 7.5]
}

}  // namespace

Batch CollateInstructions(std::span<const InstructionIds* const> texts, int32_t end_of_text,
                          std::optional<int64_t> allowed_max_length) {
  const int64_t columns = RowLength(texts, allowed_max_length);
  if (columns < 1) throw std::invalid_argument("CollateInstructions: no texts, or no length");
  Batch batch{TokenIds({texts.size(), static_cast<size_t>(columns)}),
              TokenIds({texts.size(), static_cast<size_t>(columns)})};
  // [exercise 7.4] Rows that are filled up
  // Task: Put each text into its row of batch.inputs, filled up with end_of_text, and into
  //       batch.targets what comes next: text i + 1 at i, end_of_text behind the last token, and
  //       ops::kIgnoreIndex, which is -100, at all places behind that. Texts longer than `columns`
  //       are cut off.
  // Hint: One end of text is to be learnt, so that the model stops; the others only fill up.
  // Hint: Row r begins at data() + r * columns; std::copy_n(from, how many, to).
  // Hint: Where a text is cut off, its last target is the first token that was left out.
  // Test: //ch07_instruct:collate_test CollateInstructionsTest.*
  // Read: ch07_instruct/collate.h

  batch.inputs.fill(end_of_text);
  batch.targets.fill(ops::kIgnoreIndex);
  for (size_t row = 0; row < texts.size(); ++row) {
    const std::vector<int32_t>& ids = texts[row]->ids;
    const auto n = static_cast<int64_t>(ids.size());
    int32_t* inputs = batch.inputs.data() + static_cast<int64_t>(row) * columns;
    int32_t* targets = batch.targets.data() + static_cast<int64_t>(row) * columns;
    std::copy_n(ids.begin(), std::min(n, columns), inputs);
    std::copy_n(ids.begin() + 1, std::min(n - 1, columns), targets);
    if (n <= columns) targets[n - 1] = end_of_text;
  }
  // [end of exercise 7.4]
  for (size_t row = 0; row < texts.size(); ++row) {
    if (texts[row]->masked == 0) continue;
    MaskInstruction(texts[row]->masked, {batch.targets.data() + static_cast<int64_t>(row) * columns,
                                         static_cast<size_t>(columns)});
  }
  return batch;
}

}  // namespace gokart
