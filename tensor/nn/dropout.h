// The dropout layer (PyTorch's nn.Dropout; workshop section 3.5.2).
#ifndef GOKART_TENSOR_NN_DROPOUT_H_
#define GOKART_TENSOR_NN_DROPOUT_H_

#include "tensor/nn/module.h"

namespace gokart {

/// Zeroes elements with probability `rate` while training, drawing from GlobalGenerator(); passes
/// everything on unchanged in evaluation mode. Throws std::invalid_argument unless 0 <= rate < 1.
class Dropout : public Module {
 public:
  explicit Dropout(double rate);

  Tensor Forward(const Tensor& x) const;
  /// The rate that applies now: 0 in evaluation mode.
  double active_rate() const { return training() ? rate_ : 0; }

 private:
  double rate_;
};

}  // namespace gokart

#endif  // GOKART_TENSOR_NN_DROPOUT_H_
