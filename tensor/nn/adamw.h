// The AdamW optimiser (Loshchilov and Hutter 2019, arXiv 1711.05101), as PyTorch computes it.
//
//   AdamW optimizer(model.NamedParameters(), {.learning_rate = 4e-4, .weight_decay = 0.1});
//   loss.Backward();
//   optimizer.Step();
//   optimizer.ClearGrad();
#ifndef GOKART_TENSOR_NN_ADAMW_H_
#define GOKART_TENSOR_NN_ADAMW_H_

#include <cstdint>
#include <vector>

#include "tensor/nn/module.h"

namespace gokart {

struct AdamWConfig {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;  ///< on every parameter, as PyTorch does unless told otherwise
};

class AdamW {
 public:
  /// Trains those of `parameters` that require gradients.
  AdamW(std::vector<NamedTensor> parameters, const AdamWConfig& config);

  /// One update of every parameter that has a gradient; the others stay, and their step count with
  /// them, as in PyTorch. `grad_scale` multiplies gradients first (1 / number of accumulated
  /// batches, clipping).
  void Step(float grad_scale = 1);
  void ClearGrad();

  /// The Euclidean norm of all gradients taken together, in fixed order (for clipping).
  double GradNorm() const;

  double learning_rate() const { return config_.learning_rate; }
  void set_learning_rate(double value) { config_.learning_rate = value; }
  const AdamWConfig& config() const { return config_; }

  /// What one parameter's updates have left behind: for checkpoints.
  struct State {
    std::string name;
    Tensor parameter;
    Tensor m;  ///< mean of the gradients; undefined before the first step
    Tensor v;  ///< mean of their squares
    int64_t step = 0;
  };
  std::vector<State>& state() { return state_; }
  const std::vector<State>& state() const { return state_; }

 private:
  AdamWConfig config_;
  std::vector<State> state_;
};

}  // namespace gokart

#endif  // GOKART_TENSOR_NN_ADAMW_H_
