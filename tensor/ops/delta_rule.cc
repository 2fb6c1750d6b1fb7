#include "tensor/ops/delta_rule.h"

#include "tensor/kernels/delta_rule.h"
#include "tensor/ops/check.h"

namespace gokart::ops {

// What backward needs of the way is the memory at the beginning of each chunk; the rest is computed
// again.
Tensor GatedDeltaRule(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& log_decay,
                      const Tensor& beta) {
  Check(q.rank() == 3 && q.shape() == k.shape() && q.shape() == v.shape(), "GatedDeltaRule",
        "q " + q.shape().ToString() + ", k " + k.shape().ToString() + ", v " +
            v.shape().ToString() + ": three tensors [B, T, heads * D] expected");
  Check(log_decay.rank() == 3 && log_decay.shape() == beta.shape() &&
            log_decay.dim(0) == q.dim(0) && log_decay.dim(1) == q.dim(1) && log_decay.dim(2) > 0 &&
            q.dim(2) % log_decay.dim(2) == 0,
        "GatedDeltaRule",
        "q " + q.shape().ToString() + ", log_decay " + log_decay.shape().ToString() + ", beta " +
            beta.shape().ToString() + ": two tensors [B, T, heads] expected");
  const int64_t heads = log_decay.dim(2);
  const kernels::DeltaRuleShape s = {q.dim(0), q.dim(1), heads, q.dim(2) / heads};
  Tensor out = Tensor::Empty(q.shape()), states = Tensor::Empty({s.StatesSize()});
  kernels::DeltaRuleForward(s, {q.data(), k.data(), v.data(), log_decay.data(), beta.data()},
                            nullptr, states.mutable_data(), out.mutable_data());
  return Record(
      "GatedDeltaRule", out, {q, k, v, log_decay, beta},
      [s, q = Saved(q), k = Saved(k), v = Saved(v), log_decay = Saved(log_decay),
       beta = Saved(beta), states = Saved(states)](const Buffer& dout, InputGradients& grads) {
        // All five come out of one pass, whether wanted or not.
        const int64_t size = dout.size(), per_head = size / s.head_dim;
        Buffer d[5];
        for (int i = 0; i < 5; ++i) d[i] = Buffer::Allocate(i < 3 ? size : per_head);
        kernels::DeltaRuleBackward(s, {q.data(), k.data(), v.data(), log_decay.data(), beta.data()},
                                   states.data(), dout.data(),
                                   {d[0].mutable_data(), d[1].mutable_data(), d[2].mutable_data(),
                                    d[3].mutable_data(), d[4].mutable_data()});
        for (int i = 0; i < 5; ++i) grads.Pass(i, d[i]);
      });
}

}  // namespace gokart::ops
