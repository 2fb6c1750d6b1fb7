// Batches of texts that are not equally long (workshop section 7.3.1).
//
//   Batch batch = CollateInstructions(texts, /*end_of_text=*/50256, {.allowed_max_length = 1024});
//
// With ids 0 1 2 3 4 and 5 6, and an end of text of 50256:
//
//   inputs   0 1 2 3     4        targets  1 2     3    4    50256
//            5 6 50256 50256 50256         6 50256 -100 -100 -100
//
// The first end of text is to be learnt: without it a model would never stop. The others only fill
// up the row, so their targets are -100, which the loss leaves out.
#ifndef GOKART_CH07_INSTRUCT_COLLATE_H_
#define GOKART_CH07_INSTRUCT_COLLATE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ch02_data/dataset.h"

namespace gokart {

/// A text's ids; the first `masked` of them are not to be learnt (exercise 7.2).
struct InstructionIds {
  std::vector<int32_t> ids;
  int64_t masked = 0;
};

/// The workshop's custom_collate_fn: rows as long as the longest text, at most
/// `allowed_max_length`, beyond which longer texts are cut off. Throws std::invalid_argument when
/// there is no text, or one without ids.
Batch CollateInstructions(std::span<const InstructionIds* const> texts, int32_t end_of_text,
                          std::optional<int64_t> allowed_max_length = std::nullopt);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_COLLATE_H_
