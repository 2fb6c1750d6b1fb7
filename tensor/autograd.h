// Reverse-mode automatic differentiation (the workshop's appendix A.3 and A.4), eager, on a tape.
//
// An operation is one free function: it checks shapes, computes its value, and records how to turn
// the gradient of its output into gradients of its inputs:
//
//   Tensor Square(const Tensor& x) {
//     Tensor y = Tensor::Empty(x.shape());
//     ...                                                   // y = x * x
//     return Record("Square", y, {x}, [x = Saved(x)](const Buffer& dy, InputGradients& grads) {
//       if (!grads.Wants(0)) return;
//       GradSink dx = grads.Sink(0);
//       ...                                                 // dx.data (+)= 2 * x * dy
//     });
//   }
//
// There is no registry: the function is the registration. A closure holds inputs and buffers, never
// its own output's handle, or the two would keep each other alive for ever.
#ifndef GOKART_TENSOR_AUTOGRAD_H_
#define GOKART_TENSOR_AUTOGRAD_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <vector>

#include "tensor/buffer.h"

namespace gokart {

class Tensor;
struct Node;

/// The gradient side of a tensor: what wants a gradient, where it is summed up, which operation
/// made the value. The tape links these, not tensors, so a value that no closure saved is freed at
/// once.
struct GradSlot {
  explicit GradSlot(int64_t size) : size(size) {}

  int64_t size;                ///< number of elements, of value and gradient
  bool requires_grad = false;  ///< a leaf that collects gradients (a parameter)
  Buffer grad;                 ///< empty until something arrived
  std::shared_ptr<Node> producer;
  const char* spent = nullptr;  ///< the producer's name, once Backward has used it up
};

/// Where an operation writes the gradient of one input. The first writer stores, later ones add.
struct GradSink {
  float* data;
  bool accumulate;  ///< add to what is there
};

/// The gradients of an operation's inputs, by the input's position in Record().
class InputGradients {
 public:
  explicit InputGradients(const std::vector<std::shared_ptr<GradSlot>>& slots) : slots_(slots) {}

  /// Whether anything behind this input wants a gradient; if not, don't compute it.
  bool Wants(int input) const;
  /// Where to write it. May be called once for each input that is wanted.
  GradSink Sink(int input);
  /// The input's gradient is `gradient` as it is: shares the buffer instead of copying it.
  void Pass(int input, const Buffer& gradient);
  /// Adds up what came for an input that was named twice.
  void Finish();

 private:
  struct Pending {
    int input;
    Buffer buffer;
  };
  const std::vector<std::shared_ptr<GradSlot>>& slots_;
  std::vector<int> open_;         // inputs whose sinks were handed out
  std::vector<Pending> pending_;  // second sinks of the same tensor
};

using BackwardFunction = std::function<void(const Buffer& dout, InputGradients& grads)>;

/// One recorded operation.
struct Node {
  ~Node();

  const char* name;
  std::vector<std::shared_ptr<GradSlot>> inputs;
  BackwardFunction backward;
};

/// A tensor's value, kept for the gradient. Reading it back checks that nobody has written to it
/// since.
class Saved {
 public:
  explicit Saved(const Tensor& tensor);
  /// Throws std::logic_error when the values were changed in place after the operation read them.
  const float* data() const;

 private:
  Buffer buffer_;
  uint64_t version_;
};

/// Attaches `backward` to `out`, if recording is on and an input wants gradients. Returns `out`.
Tensor Record(const char* name, Tensor out, std::initializer_list<Tensor> inputs,
              BackwardFunction backward);
Tensor Record(const char* name, Tensor out, const std::vector<Tensor>& inputs,
              BackwardFunction backward);

/// While one of these lives, operations on this thread record nothing (evaluation, generation).
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;

 private:
  bool previous_;
};

/// Whether Record() records on this thread.
bool GradEnabled();

/// Walks the tape from `loss` back to the leaves; see Tensor::Backward().
void RunBackward(const Tensor& loss, const Buffer& seed);

}  // namespace gokart

#endif  // GOKART_TENSOR_AUTOGRAD_H_
