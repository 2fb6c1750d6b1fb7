// Batches from a data set, in order or shuffled (workshop section 2.6, create_dataloader_v1).
//
//   DataLoader loader(dataset, {.batch_size = 8, .shuffle = true, .drop_last = true});
//   for (auto pass = loader.Begin(GlobalGenerator()); auto batch = pass.Next();) Train(*batch);
//
// The order is PyTorch's: each pass draws a base seed from the generator (which PyTorch hands to
// its worker processes) and, when shuffling, a seed for a generator of its own that makes the
// permutation.
#ifndef GOKART_CH02_DATA_DATA_LOADER_H_
#define GOKART_CH02_DATA_DATA_LOADER_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "ch02_data/dataset.h"
#include "tensor/random.h"

namespace gokart {

struct DataLoaderOptions {
  int64_t batch_size = 4;
  bool shuffle = true;
  bool drop_last = true;  ///< leave out a last batch that is not full
};

/// Where a pass over the data stands: enough to continue it in another process.
struct DataLoaderPosition {
  uint64_t seed = 0;       ///< of the permutation; unused without shuffling
  int64_t next_batch = 0;  ///< number of the batch that comes next

  bool operator==(const DataLoaderPosition&) const = default;
};

class DataLoader {
 public:
  /// The data set must outlive the loader. Throws std::invalid_argument unless batch_size is
  /// positive.
  DataLoader(const Dataset& dataset, const DataLoaderOptions& options);

  /// One pass over the data.
  class Pass {
   public:
    /// The next batch, or nothing at the end.
    std::optional<Batch> Next();
    DataLoaderPosition position() const { return position_; }

   private:
    friend class DataLoader;
    Pass(const DataLoader& loader, DataLoaderPosition position);

    const DataLoader* loader_;
    DataLoaderPosition position_;
    std::vector<int64_t> order_;  // empty without shuffling
  };

  /// Starts a pass; draws its seeds from `generator`.
  Pass Begin(Generator& generator) const;
  /// Continues a pass where it stood; draws nothing.
  Pass Resume(const DataLoaderPosition& position) const { return Pass(*this, position); }

  /// Batches in a pass.
  int64_t num_batches() const;
  const Dataset& dataset() const { return *dataset_; }

 private:
  const Dataset* dataset_;
  DataLoaderOptions options_;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_DATA_LOADER_H_
