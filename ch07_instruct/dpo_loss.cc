#include "ch07_instruct/dpo_loss.h"

#include <span>
#include <stdexcept>
#include <string>

#include "tensor/ops/arithmetic.h"
#include "tensor/ops/cross_entropy.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/unary.h"

namespace gokart {

// Cross entropy over a row is minus its mean log-probability, and leaves out targets of -100.
std::vector<Tensor> RowLogProbabilities(const Tensor& logits, const Batch& batch) {
  const auto rows = static_cast<int64_t>(batch.targets.shape(0));
  const size_t columns = batch.targets.shape(1);
  std::vector<Tensor> result;
  for (int64_t row = 0; row < rows; ++row) {
    const std::span<const int32_t> targets =
        Flat(batch.targets).subspan(static_cast<size_t>(row) * columns, columns);
    const Tensor row_logits = ops::Select(logits, /*axis=*/0, row);  // [T, V]
    result.push_back(ops::Scale(ops::CrossEntropy(row_logits, targets), -1));
  }
  return result;
}

DpoOutcome DpoLoss(const std::vector<Tensor>& policy, const std::vector<double>& reference,
                   double beta) {
  const size_t rows = policy.size();
  if (rows == 0 || rows % 2 != 0 || reference.size() != rows) {
    throw std::invalid_argument(
        "DpoLoss: " + std::to_string(rows) + " log-probabilities of the policy and " +
        std::to_string(reference.size()) + " of the reference: the same even number expected");
  }
  const size_t pairs = rows / 2;
  DpoOutcome outcome;
  for (size_t i = 0; i < pairs; ++i) {
    const Tensor &chosen = policy[i], &rejected = policy[pairs + i];
    const double reference_difference = reference[i] - reference[pairs + i];
    const Tensor z =
        ops::AddScalar(ops::Subtract(chosen, rejected), static_cast<float>(-reference_difference));
    // -log sigmoid(x) = log(1 + e^-x)
    const Tensor loss = ops::Softplus(ops::Scale(z, static_cast<float>(-beta)));
    outcome.loss = i == 0 ? loss : ops::Add(outcome.loss, loss);
    const double chosen_reward = chosen.item() - reference[i];
    const double rejected_reward = rejected.item() - reference[pairs + i];
    outcome.rewards.chosen += chosen_reward / static_cast<double>(pairs);
    outcome.rewards.rejected += rejected_reward / static_cast<double>(pairs);
    outcome.rewards.accuracy += (chosen_reward > rejected_reward) / static_cast<double>(pairs);
  }
  outcome.loss = ops::Scale(outcome.loss, 1.0f / static_cast<float>(pairs));
  return outcome;
}

}  // namespace gokart
