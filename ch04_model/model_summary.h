// How large a GPT is and what it costs, worked out from its config alone: parameters,
// multiply-adds, memory (workshop sections 4.6 and 4.7, exercise 4.2, and the bonus material on
// FLOPs).
//
//   std::vector<ModelPart> parts = ModelParts(config, /*num_tokens=*/1024);
//   NumParameters(config);                // 163,009,536 for gpt2-small
//   TrainingFlopsPerToken(config, 1024);  // forward and backward
#ifndef GOKART_CH04_MODEL_MODEL_SUMMARY_H_
#define GOKART_CH04_MODEL_MODEL_SUMMARY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ch04_model/gpt_config.h"

namespace gokart {

/// One kind of layer, taken together over the whole model.
struct ModelPart {
  std::string name;
  int64_t parameters = 0;
  /// Multiply-adds ("MACs") of its matrix products, forward, for one token: the average over a
  /// sequence of `num_tokens`, of which each looks at those before it and at itself.
  double macs_per_token = 0;
};

/// From the embeddings to the head, in the order of computation. With tied weights the head has no
/// parameters of its own.
std::vector<ModelPart> ModelParts(const GptConfig& config, int64_t num_tokens);

/// All parameters; a table that two layers share counts once.
int64_t NumParameters(const GptConfig& config);

/// Multiply-adds of the linear layers alone, head included, for one token, forward. These are what
/// profilers for PyTorch count.
int64_t LinearMacsPerToken(const GptConfig& config);

/// Floating point operations for one token of a sequence of `num_tokens`, on average: two for each
/// multiply-add of a linear layer or of attention. Normalisation, GELU, softmax and the like add
/// about one percent, which is left out.
double ForwardFlopsPerToken(const GptConfig& config, int64_t num_tokens);
/// Three times as many: backward, each product becomes two, one for the gradient of its input and
/// one for that of its weights.
double TrainingFlopsPerToken(const GptConfig& config, int64_t num_tokens);

/// Bytes in float32 of what training keeps at the same time.
struct TrainingMemory {
  double weights = 0;
  double gradients = 0;    ///< as large as the weights
  double moments = 0;      ///< AdamW's two averages: twice the weights
  double activations = 0;  ///< what the layers keep for their gradients, logits excepted
  double logits = 0;       ///< [B, T, V]; their gradient is as large again

  /// The most at any one time. Weights and moments are always there. Activations are complete when
  /// forward ends, joined by the logits and their gradient; from there on gradients of weights come
  /// as activations go, so that these two are never there together in full.
  double Peak() const;
};

/// For a batch of B sequences of T tokens, as this engine does it. Dropout's masks (one bit for
/// each element) and what an operation needs while it runs are left out.
TrainingMemory EstimateTrainingMemory(const GptConfig& config, int64_t batch_size,
                                      int64_t num_tokens);

/// Bytes in float32 of what generation remembers of a sequence of `num_tokens`, in all layers:
/// mostly keys and values, 2 C numbers for each token and layer.
double CacheBytes(const GptConfig& config, int64_t num_tokens);

/// An error if `needed` bytes are more than `available`, in words: "WHAT needs about 12.3 GB of
/// memory, and this machine has 8.1 GB".
absl::Status CheckMemory(const std::string& what, double needed, double available);
/// The memory of this machine in bytes.
double MachineMemory();

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_MODEL_SUMMARY_H_
