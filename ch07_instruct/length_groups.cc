#include "ch07_instruct/length_groups.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "tensor/random.h"

namespace gokart {

LengthGroups::LengthGroups(const InstructionDataset& dataset, int64_t batch_size, int64_t window,
                           uint64_t seed)
    : dataset_(dataset) {
  if (batch_size < 1 || window < 1) {
    throw std::invalid_argument("LengthGroups: batch_size " + std::to_string(batch_size) +
                                " and window " + std::to_string(window) + " must be positive");
  }
  // [exercise 7.7] Batches of about equally long texts
  // Task: Fill groups_ with the numbers of the examples, batch_size to a group: in random order,
  //       then sorted by length within every batch_size * window of them, then cut into groups.
  //       What does not fill a group is left out.
  // Hint: Generator(seed).RandomPermutation(n) is a random order; dataset.texts()[i].ids.size() is
  //       the length of example i.
  // Hint: Sorted altogether, the same texts would meet in every pass; that is what the window is
  //       for.
  // Hint: std::stable_sort(begin, end, less) sorts a part; the last window may be a smaller one.
  // Test: //ch07_instruct:instruction_dataset_test LengthGroupsTest.*
  // Read: ch07_instruct/length_groups.h

  Generator generator(seed);
  std::vector<int64_t> order = generator.RandomPermutation(dataset.size());
  const auto length = [&](int64_t example) { return dataset.texts()[example].ids.size(); };
  const int64_t n = dataset.size();
  for (int64_t begin = 0; begin < n; begin += batch_size * window) {
    const int64_t end = std::min(begin + batch_size * window, n);
    std::stable_sort(order.begin() + begin, order.begin() + end,
                     [&](int64_t a, int64_t b) { return length(a) < length(b); });
  }
  for (int64_t begin = 0; begin + batch_size <= n; begin += batch_size) {
    groups_.emplace_back(order.begin() + begin, order.begin() + begin + batch_size);
  }
  // [end of exercise 7.7]
}

Batch LengthGroups::Get(std::span<const int64_t> groups) const {
  if (groups.size() != 1 || groups[0] < 0 || groups[0] >= size()) {
    throw std::invalid_argument("LengthGroups: one group at a time, from 0 to " +
                                std::to_string(size() - 1));
  }
  return dataset_.Get(groups_[groups[0]]);
}

}  // namespace gokart
