#include "ch07_instruct/dpo_reference.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "ch06_classify/lora.h"
#include "ch07_instruct/dpo_loss.h"
#include "tensor/ops/cross_entropy.h"

namespace gokart {
namespace {

std::vector<double> Compute(GPTModel& model, const Batch& batch) {
  const NoGrad no_grad;
  const EvalMode eval(model);
  // [exercise 7.14] A reference to compare with
  // Task: Give the mean log-probability of each row's targets under the model. In
  //       AdapterFreeReference::LogProbabilities below give those of the model without its
  //       adapters, which must be back afterwards.
  // Hint: Exercise 7.12 wants logits; item() is the number in a scalar.
  // Hint: Exercise 6.16 switches adapters off for a scope.
  // Test: //ch07_instruct:dpo_loss_test DpoReferenceTest.*
  // Read: ch07_instruct/dpo_reference.h

  std::vector<double> result;
  for (const Tensor& t : RowLogProbabilities(model.Forward(batch.inputs), batch)) {
    result.push_back(t.item());
  }
  return result;
  // [end of exercise 7.14]
}

// What tells a row, but for its filling: the tokens up to the last target, and where targets begin.
std::string RowKey(const Batch& batch, size_t row) {
  const size_t columns = batch.inputs.shape(1);
  const int32_t* inputs = batch.inputs.data() + row * columns;
  const int32_t* targets = batch.targets.data() + row * columns;
  size_t end = columns, begin = 0;
  while (end > 0 && targets[end - 1] == ops::kIgnoreIndex) --end;
  while (begin < end && targets[begin] == ops::kIgnoreIndex) ++begin;
  std::string key(reinterpret_cast<const char*>(inputs), end * sizeof(int32_t));
  const int32_t last = end > 0 ? targets[end - 1] : 0;
  key.append(reinterpret_cast<const char*>(&last), sizeof(last));
  return key + std::to_string(begin);
}

}  // namespace

std::vector<double> AdapterFreeReference::LogProbabilities(const Batch& batch) {
  // [exercise 7.14, continued]
  const WithoutLora base(model_);
  return Compute(model_, batch);
  // [end of exercise 7.14]
}

PrecomputedReference::PrecomputedReference(GPTModel& model, const std::vector<const Dataset*>& data,
                                           int64_t batch_size) {
  for (const Dataset* part : data) {
    for (int64_t begin = 0; begin < part->size(); begin += batch_size) {
      std::vector<int64_t> examples(std::min(batch_size, part->size() - begin));
      std::iota(examples.begin(), examples.end(), begin);
      const Batch batch = part->Get(examples);
      const std::vector<double> values = Compute(model, batch);
      for (size_t row = 0; row < values.size(); ++row) known_[RowKey(batch, row)] = values[row];
    }
  }
}

std::vector<double> PrecomputedReference::LogProbabilities(const Batch& batch) {
  std::vector<double> result;
  for (size_t row = 0; row < batch.inputs.shape(0); ++row) {
    const auto found = known_.find(RowKey(batch, row));
    if (found == known_.end()) {
      throw std::logic_error("PrecomputedReference: a row that was not there before training");
    }
    result.push_back(found->second);
  }
  return result;
}

}  // namespace gokart
