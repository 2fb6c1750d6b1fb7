#include "ch04_model/feed_forward.h"

namespace gokart {

FeedForward::FeedForward(int64_t emb_dim)
    : expand(emb_dim, 4 * emb_dim), contract(4 * emb_dim, emb_dim) {
  RegisterModule("layers.0", &expand);
  RegisterModule("layers.2", &contract);
}

// Gelu(x W_0^T + b_0) W_2^T + b_2
Tensor FeedForward::Forward(const Tensor& x) const {
  const Tensor hidden = expand.ForwardGelu(x);  // [B, T, 4C]
  return contract.Forward(hidden);              // [B, T, C]
}

}  // namespace gokart
