#include "tensor/ops/cross_entropy.h"

#include <memory>
#include <vector>

#include "tensor/kernels/cross_entropy.h"
#include "tensor/ops/check.h"

namespace gokart::ops {

// loss = mean_i (logsumexp(x_i) - x_i[target_i])   =>   dx_i = (softmax(x_i) - onehot(target_i))
// dloss / count
Tensor CrossEntropy(const Tensor& logits, std::span<const int32_t> targets, int32_t ignore_index) {
  Check(logits.rank() >= 1 && logits.dim(-1) > 0, "CrossEntropy",
        "logits " + logits.shape().ToString() + " have no classes");
  const int64_t v = logits.dim(-1), rows = logits.size() / v;
  Check(static_cast<int64_t>(targets.size()) == rows, "CrossEntropy",
        std::to_string(targets.size()) + " targets for the " + std::to_string(rows) +
            " rows of logits " + logits.shape().ToString());
  int64_t count = 0;
  for (int64_t i = 0; i < rows; ++i) {
    if (targets[i] == ignore_index) continue;
    Check(targets[i] >= 0 && targets[i] < v, "CrossEntropy",
          "target " + std::to_string(targets[i]) + " of row " + std::to_string(i) +
              " is outside of the " + std::to_string(v) + " classes");
    ++count;
  }
  Tensor log_sum_exp = Tensor::Empty({rows});
  const double sum =
      kernels::CrossEntropyForward(rows, v, logits.data(), targets.data(), ignore_index,
                                   /*row_loss=*/nullptr, log_sum_exp.mutable_data());
  auto kept = std::make_shared<std::vector<int32_t>>(targets.begin(), targets.end());
  return Record("CrossEntropy", Tensor::Scalar(static_cast<float>(sum / count)), {logits},
                [=, logits = Saved(logits), log_sum_exp = Saved(log_sum_exp)](
                    const Buffer& dloss, InputGradients& grads) {
                  if (!grads.Wants(0)) return;
                  const GradSink dx = grads.Sink(0);
                  kernels::CrossEntropyBackward(rows, v, logits.data(), kept->data(), ignore_index,
                                                log_sum_exp.data(), /*row_weight=*/nullptr,
                                                *dloss.data() / count, dx.data, dx.accumulate);
                });
}

}  // namespace gokart::ops
