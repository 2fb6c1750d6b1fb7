#include "ch02_data/data_loader.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

namespace gokart {

DataLoader::DataLoader(const Dataset& dataset, const DataLoaderOptions& options)
    : dataset_(&dataset), options_(options) {
  if (options.batch_size <= 0) {
    throw std::invalid_argument("DataLoader: batch_size " + std::to_string(options.batch_size) +
                                " must be positive");
  }
}

int64_t DataLoader::num_batches() const {
  // [exercise 2.16] How many batches a pass has
  // Task: Give the number of batches of options_.batch_size examples; a last one that is not full
  //       counts unless options_.drop_last.
  // Hint: Whole numbers divide by rounding down. For rounding up see exercise 2.14.
  // Test: //ch02_data:data_loader_test NumberOfBatches.*
  // Read: ch02_data/README.md, "Windows"

  const int64_t n = dataset_->size(), b = options_.batch_size;
  return options_.drop_last ? n / b : (n + b - 1) / b;
  // [end of exercise 2.16]
}

DataLoader::Pass DataLoader::Begin(Generator& generator) const {
  // [exercise 2.18] A shuffled pass that can be repeated
  // Task: As PyTorch does: draw a number that is not used (its seed for worker processes) and, when
  //       shuffling, a second one as the seed of the pass. The pass makes order_, a permutation of
  //       all examples, from a generator of its own with that seed.
  // Hint: generator.RandomInt64() draws. Without shuffling only one number is drawn.
  // Hint: Generator(seed).RandomPermutation(n). What was drawn from the caller's generator must not
  //       depend on the size of the data.
  // Test: //ch02_data:data_loader_test ShuffledBatches.*
  // Read: ch02_data/data_loader.h

  generator.RandomInt64();  // PyTorch's base seed for worker processes
  DataLoaderPosition position;
  if (options_.shuffle) position.seed = static_cast<uint64_t>(generator.RandomInt64());
  return Pass(*this, position);
  // [end of exercise 2.18]
}

DataLoader::Pass::Pass(const DataLoader& loader, DataLoaderPosition position)
    : loader_(&loader), position_(position) {
  if (!loader.options_.shuffle) return;
  // [exercise 2.18, continued]
  Generator generator(position.seed);
  order_ = generator.RandomPermutation(loader.dataset_->size());
  // [end of exercise 2.18]
}

std::optional<Batch> DataLoader::Pass::Next() {
  // [exercise 2.17] Batch after batch
  // Task: Give the examples of batch position_.next_batch and move the position on; nothing at the
  //       end of the pass. Without shuffling (order_ is empty) the examples come in order, else as
  //       order_ says.
  // Hint: Batch number i begins at example i * batch_size; the last one may end earlier, at the end
  //       of the data.
  // Hint: dataset_->Get takes a list of the examples' numbers: a part of order_, or begin, begin +
  //       1, ... (std::iota).
  // Test: //ch02_data:data_loader_test Batches.*
  // Read: ch02_data/README.md, "Windows"

  if (position_.next_batch >= loader_->num_batches()) return std::nullopt;
  const int64_t begin = position_.next_batch++ * loader_->options_.batch_size;
  const int64_t end = std::min(begin + loader_->options_.batch_size, loader_->dataset_->size());
  if (!order_.empty()) {
    return loader_->dataset_->Get(std::span(order_).subspan(begin, end - begin));
  }
  std::vector<int64_t> windows(end - begin);
  std::iota(windows.begin(), windows.end(), begin);
  return loader_->dataset_->Get(windows);
  // [end of exercise 2.17]
}

}  // namespace gokart
