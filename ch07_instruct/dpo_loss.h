// Direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290; the workshop's bonus on
// it): a model learns to prefer chosen answers to rejected ones, by comparison with a reference,
// the model as it was.
//
//   logprob(y) = mean over the answer's tokens of log p(token | what comes before)
//   z          = (logprob_policy(chosen)    - logprob_reference(chosen))
//              - (logprob_policy(rejected)  - logprob_reference(rejected))
//   loss       = -log sigmoid(beta z), mean over the pairs
//
// At the beginning policy and reference are the same, z is 0, and the loss log 2. The paper sums
// the tokens' logarithms; the workshop takes their mean, which is what is done here.
#ifndef GOKART_CH07_INSTRUCT_DPO_LOSS_H_
#define GOKART_CH07_INSTRUCT_DPO_LOSS_H_

#include <vector>

#include "ch02_data/dataset.h"
#include "ch04_model/gpt_model.h"
#include "tensor/tensor.h"

namespace gokart {

/// The mean log-probability of each row's targets under the model (compute_logprobs): one scalar
/// with its tape for each row of logits [B, T, V]. Targets of -100 count for nothing.
std::vector<Tensor> RowLogProbabilities(const Tensor& logits, const Batch& batch);

/// What a pair's answers earn: how much likelier (in log-probability) the policy holds them than
/// the reference does; without the paper's factor beta, as the workshop prints them.
struct DpoRewards {
  double chosen = 0, rejected = 0;  ///< means over the pairs
  double accuracy = 0;              ///< share of the pairs with a margin above 0
  double Margin() const { return chosen - rejected; }
};

struct DpoOutcome {
  Tensor loss;  ///< a scalar with its tape
  DpoRewards rewards;
};

/// The loss of B pairs: `policy` and `reference` hold the log-probabilities of B chosen answers,
/// then of B rejected ones. Throws std::invalid_argument unless both have the same even number, not
/// 0.
DpoOutcome DpoLoss(const std::vector<Tensor>& policy, const std::vector<double>& reference,
                   double beta);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_DPO_LOSS_H_
