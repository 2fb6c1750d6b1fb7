#include "ch04_model/feed_forward.h"

namespace gokart {

FeedForward::FeedForward(int64_t emb_dim)
    : expand(emb_dim, 4 * emb_dim), contract(4 * emb_dim, emb_dim) {
  RegisterModule("layers.0", &expand);
  RegisterModule("layers.2", &contract);
}

// Gelu(x W_0^T + b_0) W_2^T + b_2
Tensor FeedForward::Forward(const Tensor& x) const {
  // [exercise 4.2] The feed-forward network
  // Task: Give contract(GELU(expand(x))) for x [B, T, C]: out to 4C numbers, bent, and back to C.
  // Hint: A linear layer's Forward applies it, ForwardGelu applies it with a GELU behind it.
  // Hint: With "tensor/ops/unary.h" GELU can also be put together: 0.5 x (1 + tanh(sqrt(2 / pi) (x
  //       + 0.044715 x^3))).
  // Test: //ch04_model:feed_forward_test FeedForward.*
  // Read: ch04_model/README.md, "The parts, and why they are there"

  const Tensor hidden = expand.ForwardGelu(x);  // [B, T, 4C]
  return contract.Forward(hidden);              // [B, T, C]
  // [end of exercise 4.2]
}

}  // namespace gokart
