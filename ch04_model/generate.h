// Text from a model, one token after the other (workshop section 4.7).
//
//   TokenIds ids = {{15496, 11, 314, 716}};         // "Hello, I am"
//   ids = GenerateTextSimple(model, ids, /*max_new_tokens=*/6, model.config.context_length);
#ifndef GOKART_CH04_MODEL_GENERATE_H_
#define GOKART_CH04_MODEL_GENERATE_H_

#include <cstdint>

#include "ch04_model/gpt_model.h"
#include "tensor/token_ids.h"

namespace gokart {

/// Continues each sequence of ids [B, T] by `max_new_tokens` tokens -> [B, T + max_new_tokens]:
/// each time by the token with the largest logit ("greedy"; the first of several), given the last
/// `context_size` tokens. The model computes in evaluation mode, whatever its mode before and
/// after. Throws std::invalid_argument for empty sequences, a negative number of new tokens, or a
/// context size that is not positive or larger than the model's.
TokenIds GenerateTextSimple(GPTModel& model, const TokenIds& ids, int64_t max_new_tokens,
                            int64_t context_size);

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_GENERATE_H_
