// Ctrl-C in the middle of a training step: its matrix products are right all the same, so that the
// model that is saved then is sound.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "tensor/ops/matmul.h"
#include "tensor/random.h"
#include "workshop/interrupt.h"

namespace gokart {
namespace {

Tensor Random(const Shape& shape) {
  Tensor tensor = Tensor::Empty(shape);
  GlobalGenerator().Uniform(tensor.mutable_data(), tensor.size(), -1, 1);
  return tensor;
}

TEST(InterruptedStepTest, ProductsAreRightWhenASignalComes) {
  ManualSeed(1);
  const Tensor a = Random({64, 768}), b = Random({768, 768});
  const NoGrad no_grad;
  const Tensor expected = ops::MatMul(a, b);
  for (int i = 0; i < 100; ++i) {
    const InterruptGuard interrupt;
    std::thread sender([i] {
      std::this_thread::sleep_for(std::chrono::microseconds(100 + 37 * (i % 20)));
      kill(getpid(), SIGINT);
    });
    while (!interrupt.Requested()) {
      const Tensor product = ops::MatMul(a, b);
      ASSERT_TRUE(
          std::equal(product.values().begin(), product.values().end(), expected.values().begin()));
    }
    sender.join();
  }
}

}  // namespace
}  // namespace gokart
