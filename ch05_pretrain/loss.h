// How wrong a language model is: cross entropy in nats per token, over a batch or a whole loader
// (workshop section 5.1).
#ifndef GOKART_CH05_PRETRAIN_LOSS_H_
#define GOKART_CH05_PRETRAIN_LOSS_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "ch02_data/data_loader.h"
#include "ch04_model/gpt_model.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

/// What a model is trained on: the loss of a batch, a scalar with its tape.
using BatchLoss = std::function<Tensor(const Batch&)>;

/// The mean over all B * T positions of -log p(target), a scalar with its tape (calc_loss_batch).
Tensor LossOfBatch(const GPTModel& model, const Batch& batch);

/// The mean loss of the loader's first `num_batches` batches, or of all, without a tape and in
/// evaluation mode (calc_loss_loader). Starts a pass, which draws from `generator`. NaN when there
/// is no batch.
double LossOfLoader(GPTModel& model, const DataLoader& loader, Generator& generator,
                    std::optional<int64_t> num_batches = std::nullopt);

/// The same for a loss of another kind; `model` is what is put into evaluation mode meanwhile.
double LossOfLoader(Module& model, const BatchLoss& loss, const DataLoader& loader,
                    Generator& generator, std::optional<int64_t> num_batches = std::nullopt);

/// e^loss: the number of equally likely tokens that would be as hard to choose between.
double Perplexity(double loss);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_LOSS_H_
