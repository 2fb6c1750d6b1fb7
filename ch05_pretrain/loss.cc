#include "ch05_pretrain/loss.h"

#include <algorithm>
#include <cmath>

#include "tensor/ops/cross_entropy.h"

namespace gokart {

Tensor LossOfBatch(const GPTModel& model, const Batch& batch) {
  const Tensor logits = model.Forward(batch.inputs);  // [B, T, V]
  return ops::CrossEntropy(logits, Flat(batch.targets));
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
  const int64_t n = std::min(num_batches.value_or(loader.num_batches()), loader.num_batches());
  DataLoader::Pass pass = loader.Begin(generator);
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += loss(*pass.Next()).item();
  return sum / static_cast<double>(n);
}

double Perplexity(double loss) { return std::exp(loss); }

}  // namespace gokart
