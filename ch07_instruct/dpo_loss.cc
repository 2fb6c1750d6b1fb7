#include "ch07_instruct/dpo_loss.h"

#include <span>
#include <stdexcept>
#include <string>

#include "tensor/ops/arithmetic.h"
#include "tensor/ops/cross_entropy.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/unary.h"

namespace gokart {

std::vector<Tensor> RowLogProbabilities(const Tensor& logits, const Batch& batch) {
  // [exercise 7.12] How likely a model holds an answer
  // Task: Give for each row of logits [B, T, V] the mean of log p(target) over its targets, those
  //       of -100 left out: a scalar with its tape.
  // Hint: Cross entropy over a row is minus that, and leaves out -100 by itself.
  // Hint: ops::Select(logits, 0, row) is [T, V]; Flat(batch.targets).subspan(begin, T) are its
  //       targets; ops::Scale(x, -1) turns the sign.
  // Test: //ch07_instruct:dpo_loss_test RowLogProbabilitiesTest.*
  // Read: ch07_instruct/dpo_loss.h

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
  // [end of exercise 7.12]
}

DpoOutcome DpoLoss(const std::vector<Tensor>& policy, const std::vector<double>& reference,
                   double beta) {
  const size_t rows = policy.size();
  if (rows == 0 || rows % 2 != 0 || reference.size() != rows) {
    throw std::invalid_argument(
        "DpoLoss: " + std::to_string(rows) + " log-probabilities of the policy and " +
        std::to_string(reference.size()) + " of the reference: the same even number expected");
  }
  // [exercise 7.13] The DPO loss
  // Task: Give the mean over the pairs of -log sigmoid(beta z), with z = (policy - reference of the
  //       chosen answer) - (policy - reference of the rejected one); and the rewards: the mean of
  //       policy - reference for chosen and for rejected answers, and the share of pairs in which
  //       the first is larger.
  // Hint: Pair i is policy[i] and policy[pairs + i], and likewise of the reference, which is but
  //       numbers.
  // Hint: -log sigmoid(x) = log(1 + e^-x), and ops::Softplus(x) is log(1 + e^x).
  // Hint: ops::Subtract, ops::AddScalar, ops::Scale and ops::Add keep the tape; item() leaves it,
  //       which is right for rewards.
  // Test: //ch07_instruct:dpo_loss_test DpoLossTest.*
  // Read: ch07_instruct/dpo_loss.h

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
  // [end of exercise 7.13]
}

}  // namespace gokart
