// The reference of preference tuning: what the model, as it was, holds of the answers.
#ifndef GOKART_CH07_INSTRUCT_DPO_REFERENCE_H_
#define GOKART_CH07_INSTRUCT_DPO_REFERENCE_H_

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "ch02_data/data_loader.h"
#include "ch04_model/gpt_model.h"

namespace gokart {

class DpoReference {
 public:
  virtual ~DpoReference() = default;
  /// The mean log-probability of each row's targets under the reference.
  virtual std::vector<double> LogProbabilities(const Batch& batch) = 0;
};

/// For a model that trains adapters: itself without them, computed whenever it is asked.
class AdapterFreeReference : public DpoReference {
 public:
  /// `model` must outlive the reference.
  explicit AdapterFreeReference(GPTModel& model) : model_(model) {}
  std::vector<double> LogProbabilities(const Batch& batch) override;

 private:
  GPTModel& model_;
};

/// For a model all of whose weights are trained: computed for all answers beforehand. Rows are
/// found again by their tokens, however they are filled up.
class PrecomputedReference : public DpoReference {
 public:
  /// Computes the rows of all `data` with the model as it is now, `batch_size` pairs at a time.
  PrecomputedReference(GPTModel& model, const std::vector<const Dataset*>& data,
                       int64_t batch_size);
  /// Throws std::logic_error for a row that was in none of the data.
  std::vector<double> LogProbabilities(const Batch& batch) override;

  size_t num_rows() const { return known_.size(); }

 private:
  std::unordered_map<std::string, double> known_;
};

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_DPO_REFERENCE_H_
