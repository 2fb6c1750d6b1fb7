// Hiding the future (workshop section 3.5.1). A model that learns to predict the next token must
// not see it, so token t may attend to tokens 0..t only. There are two ways to get there, with the
// same result: zero the weights above the diagonal and make the rows sum to 1 again, or put
// -infinity there before softmax, which is one pass less.
//
//   MaskAndRenormalize(ops::Softmax(scores)) == MaskedSoftmax(scores)
#ifndef GOKART_CH03_ATTENTION_CAUSAL_MASK_H_
#define GOKART_CH03_ATTENTION_CAUSAL_MASK_H_

#include <cstdint>

#include "tensor/tensor.h"

namespace gokart {

/// 1 on and below the diagonal, 0 above it: [T, T] (torch.tril of ones).
Tensor LowerTriangle(int64_t num_tokens);

/// weights [T, T] -> [T, T] without what lies above the diagonal, rows summing to 1 again.
Tensor MaskAndRenormalize(const Tensor& weights);

/// scores [..., T, T] -> weights [..., T, T]: softmax with -infinity above the diagonal, where the
/// weights become e^-infinity = 0.
Tensor MaskedSoftmax(const Tensor& scores);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_CAUSAL_MASK_H_
