#include "ch04_model/llama/swiglu_feed_forward.h"

#include "tensor/ops/swiglu.h"

namespace gokart {

SwiGluFeedForward::SwiGluFeedForward(int64_t emb_dim, int64_t hidden_dim)
    : fc1(emb_dim, hidden_dim, /*bias=*/false),
      fc2(emb_dim, hidden_dim, /*bias=*/false),
      fc3(hidden_dim, emb_dim, /*bias=*/false) {
  RegisterModule("fc1", &fc1);
  RegisterModule("fc2", &fc2);
  RegisterModule("fc3", &fc3);
}

Tensor SwiGluFeedForward::Forward(const Tensor& x) const {
  return fc3.Forward(ops::SwiGlu(fc1.Forward(x), fc2.Forward(x)));
}

}  // namespace gokart
