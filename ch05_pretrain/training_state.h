// Where a training run stands, apart from weights and moments: what it takes to go on as if never
// interrupted.
#ifndef GOKART_CH05_PRETRAIN_TRAINING_STATE_H_
#define GOKART_CH05_PRETRAIN_TRAINING_STATE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "ch02_data/data_loader.h"
#include "tensor/random.h"

namespace gokart {

struct TrainingState {
  int64_t step = 0;         ///< optimiser steps done
  int64_t epoch = 0;        ///< passes over the training data done
  int64_t tokens_seen = 0;  ///< input tokens, over all steps
  bool in_epoch = false;    ///< stopped inside of a pass, which stands at `position`
  DataLoaderPosition position;
  GeneratorState generator;  ///< where dropout and the next shuffling draw from

  bool operator==(const TrainingState&) const = default;
};

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_TRAINING_STATE_H_
