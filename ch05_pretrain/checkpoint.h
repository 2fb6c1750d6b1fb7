// Checkpoints: a training run in one file, which appears whole or not at all (workshop
// section 5.4).
//
//   SaveCheckpoint("runs/mine/checkpoint/checkpoint.safetensors",
//                  {.parts = model.NamedParts(), .optimizer = &optimizer, .state = state});
//   LoadCheckpoint(path, model.NamedParts(), optimizer, state);   // goes on bit for bit
//   LoadWeights(path, model.NamedParts());                        // to generate
//
// A safetensors file: the weights under the workshop's names, AdamW's moments as "optimizer.m/NAME"
// and "optimizer.v/NAME", the random generator as "training.generator", counters and a checksum as
// metadata. One file, so that a program killed at any moment leaves the last checkpoint or the one
// before, never a mixture.
#ifndef GOKART_CH05_PRETRAIN_CHECKPOINT_H_
#define GOKART_CH05_PRETRAIN_CHECKPOINT_H_

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ch05_pretrain/training_state.h"
#include "tensor/nn/adamw.h"
#include "tensor/nn/named_part.h"
#include "tensor/safetensors.h"

namespace gokart {

struct Checkpoint {
  std::vector<NamedPart> parts;
  const AdamW* optimizer = nullptr;  ///< must train the tensors behind `parts`; null: weights only
  TrainingState state;
  SafetensorsMetadata metadata;  ///< anything else, such as the model's configuration
};

/// Writes a temporary file, syncs and renames it. Errors: a full disk, a folder that cannot be
/// written.
absl::Status SaveCheckpoint(const std::string& path, const Checkpoint& checkpoint);

/// Looks at the checksum of a checkpoint, told by its tensors and metadata. Files that are no
/// checkpoint of this program's are left alone. Error: damaged; `path` is for the message.
/// `on_read` is told which bytes are not needed any more.
absl::Status VerifyCheckpoint(
    const std::string& path, const std::vector<StoredTensor>& tensors,
    const SafetensorsMetadata& metadata,
    const std::function<void(std::span<const std::byte>)>& on_read = nullptr);

/// Reads the weights into `parts`. Errors: no such file, not a safetensors file, damaged (by its
/// checksum), or not of this model; the message lists what is missing, left over or of another
/// shape. Nothing is changed then.
absl::Status LoadWeights(const std::string& path, std::vector<NamedPart> parts);

/// Reads weights, optimiser and training state. Errors as above, and a file without training state.
absl::Status LoadCheckpoint(const std::string& path, std::vector<NamedPart> parts, AdamW& optimizer,
                            TrainingState& state);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_CHECKPOINT_H_
