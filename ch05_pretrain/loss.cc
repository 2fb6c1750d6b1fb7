#include "ch05_pretrain/loss.h"

#include <algorithm>
#include <cmath>

#include "tensor/ops/cross_entropy.h"

namespace gokart {

Tensor LossOfBatch(const GPTModel& model, const Batch& batch) {
  // [exercise 5.1] The loss of a batch
  // Task: Give the mean of -log p(target) over all B * T positions: a scalar that can run
  //       backwards.
  // Hint: The model makes logits [B, T, V] of the inputs; ops::CrossEntropy takes logits and one
  //       target for each position.
  // Hint: Flat(batch.targets) are the targets of all positions in a row.
  // Test: //ch05_pretrain:trainer_test LossOfABatch.*
  // Read: ch05_pretrain/README.md, "How wrong is a model?"

  const Tensor logits = model.Forward(batch.inputs);  // [B, T, V]
  return ops::CrossEntropy(logits, Flat(batch.targets));
  // [end of exercise 5.1]
}

double LossOfLoader(GPTModel& model, const DataLoader& loader, Generator& generator,
                    std::optional<int64_t> num_batches) {
  const auto loss = [&](const Batch& batch) { return LossOfBatch(model, batch); };
  return LossOfLoader(model, loss, loader, generator, num_batches);
}

double LossOfLoader(Module& model, const BatchLoss& loss, const DataLoader& loader,
                    Generator& generator, std::optional<int64_t> num_batches) {
  NoGrad no_grad;
  EvalMode eval(model);
  // [exercise 5.2] The loss of a loader
  // Task: Give the mean of the losses of the first num_batches batches of a pass, or of all, if
  //       there are fewer or no number is given.
  // Hint: loader.Begin(generator) starts a pass, pass.Next() gives batch after batch,
  //       loss(batch).item() is a number.
  // Hint: num_batches may be empty: value_or.
  // Test: //ch05_pretrain:trainer_test LossOfALoader.*
  // Read: ch05_pretrain/README.md, "How wrong is a model?"

  const int64_t n = std::min(num_batches.value_or(loader.num_batches()), loader.num_batches());
  DataLoader::Pass pass = loader.Begin(generator);
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += loss(*pass.Next()).item();
  return sum / static_cast<double>(n);
  // [end of exercise 5.2]
}

double Perplexity(double loss) {
  // [exercise 5.3] Perplexity
  // Task: Give the number of equally likely tokens that would be as hard to choose between as this
  //       loss says.
  // Hint: Of n equally likely tokens each has the loss -log(1/n) = log n.
  // Test: //ch05_pretrain:trainer_test PerplexityOf.*
  // Read: ch05_pretrain/README.md, "How wrong is a model?"

  return std::exp(loss);
  // [end of exercise 5.3]
}

}  // namespace gokart
