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
  const int64_t n = dataset_->size(), b = options_.batch_size;
  return options_.drop_last ? n / b : (n + b - 1) / b;
}

DataLoader::Pass DataLoader::Begin(Generator& generator) const {
  generator.RandomInt64();  // PyTorch's base seed for worker processes
  DataLoaderPosition position;
  if (options_.shuffle) position.seed = static_cast<uint64_t>(generator.RandomInt64());
  return Pass(*this, position);
}

DataLoader::Pass::Pass(const DataLoader& loader, DataLoaderPosition position)
    : loader_(&loader), position_(position) {
  if (!loader.options_.shuffle) return;
  Generator generator(position.seed);
  order_ = generator.RandomPermutation(loader.dataset_->size());
}

std::optional<Batch> DataLoader::Pass::Next() {
  if (position_.next_batch >= loader_->num_batches()) return std::nullopt;
  const int64_t begin = position_.next_batch++ * loader_->options_.batch_size;
  const int64_t end = std::min(begin + loader_->options_.batch_size, loader_->dataset_->size());
  if (!order_.empty()) {
    return loader_->dataset_->Get(std::span(order_).subspan(begin, end - begin));
  }
  std::vector<int64_t> windows(end - begin);
  std::iota(windows.begin(), windows.end(), begin);
  return loader_->dataset_->Get(windows);
}

}  // namespace gokart
