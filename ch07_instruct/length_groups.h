// Batches of texts that are about equally long. A row is as long as the longest text of its batch,
// so in batches mixed at random about half of all positions only fill up rows; grouped by length,
// one in ten.
//
//   LengthGroups groups(dataset, /*batch_size=*/16, /*window=*/8, /*seed=*/123);
//   DataLoader loader(groups, {.batch_size = 1, .shuffle = true});   // an example is a whole batch
#ifndef GOKART_CH07_INSTRUCT_LENGTH_GROUPS_H_
#define GOKART_CH07_INSTRUCT_LENGTH_GROUPS_H_

#include <cstdint>
#include <vector>

#include "ch02_data/dataset.h"
#include "ch07_instruct/instruction_dataset.h"

namespace gokart {

/// The examples in random order, sorted by length within every `window` batches (so that what comes
/// together remains random), in batches of `batch_size`; what does not fill a batch is left out.
class LengthGroups : public Dataset {
 public:
  /// `dataset` must outlive the groups. Throws std::invalid_argument unless batch_size and window
  /// are positive.
  LengthGroups(const InstructionDataset& dataset, int64_t batch_size, int64_t window,
               uint64_t seed);

  int64_t size() const override { return static_cast<int64_t>(groups_.size()); }
  /// The one group of that number.
  Batch Get(std::span<const int64_t> groups) const override;

  const std::vector<std::vector<int64_t>>& groups() const { return groups_; }

 private:
  const InstructionDataset& dataset_;
  std::vector<std::vector<int64_t>> groups_;
};

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_LENGTH_GROUPS_H_
