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

}  // namespace

Batch CollateInstructions(std::span<const InstructionIds* const> texts, int32_t end_of_text,
                          std::optional<int64_t> allowed_max_length) {
  const int64_t columns = RowLength(texts, allowed_max_length);
  if (columns < 1) throw std::invalid_argument("CollateInstructions: no texts, or no length");
  Batch batch{TokenIds({texts.size(), static_cast<size_t>(columns)}),
              TokenIds({texts.size(), static_cast<size_t>(columns)})};
  batch.inputs.fill(end_of_text);
  batch.targets.fill(ops::kIgnoreIndex);
  for (size_t row = 0; row < texts.size(); ++row) {
    const std::vector<int32_t>& ids = texts[row]->ids;
    const auto n = static_cast<int64_t>(ids.size());
    int32_t* inputs = batch.inputs.data() + static_cast<int64_t>(row) * columns;
    int32_t* targets = batch.targets.data() + static_cast<int64_t>(row) * columns;
    std::copy_n(ids.begin(), std::min(n, columns), inputs);
    // The target of position i is token i + 1; the one after the last is the end of the text.
    std::copy_n(ids.begin() + 1, std::min(n - 1, columns), targets);
    if (n <= columns) targets[n - 1] = end_of_text;
    const int64_t masked = std::min(std::max<int64_t>(texts[row]->masked - 1, 0), columns);
    std::fill_n(targets, masked, ops::kIgnoreIndex);
  }
  return batch;
}

}  // namespace gokart
