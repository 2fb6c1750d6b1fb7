// A GPT that tells classes of texts apart: its blocks as they were pretrained, and a new head with
// one output per class, which reads the last token (workshop section 6.5).
//
//   ManualSeed(123);
//   GptClassifier classifier(std::move(model), {.num_classes = 2, .pad_id = 50256});
//   Freeze(classifier, TrainableLayers::kLastBlock);
//   Tensor logits = classifier.Forward(ids);                       // [B, T] -> [B, 2]
//   Tensor loss = ops::CrossEntropy(logits, Flat(batch.targets));
#ifndef GOKART_CH06_CLASSIFY_GPT_CLASSIFIER_H_
#define GOKART_CH06_CLASSIFY_GPT_CLASSIFIER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ch02_data/dataset.h"
#include "ch04_model/gpt_model.h"
#include "tensor/nn/linear.h"
#include "tensor/nn/module.h"
#include "tensor/nn/named_part.h"

namespace gokart {

/// Which token's output the head reads. With causal attention only the last one has seen the whole
/// text.
enum class TokenPosition {
  kLast,      ///< of the row, even if it is padding, as in the workshop
  kLastReal,  ///< before the padding: the same as if there were none
  kFirst,     ///< which sees only itself
  kMean,      ///< the mean of all tokens but the padding
};

/// "last", "flexible", "first", "mean".
std::string TokenPositionName(TokenPosition position);
std::optional<TokenPosition> FindTokenPosition(const std::string& name);

struct GptClassifierConfig {
  int64_t num_classes = 2;
  int32_t pad_id = 50256;  ///< tells where a row's text ends
  TokenPosition position = TokenPosition::kLast;
};

class GptClassifier : public Module {
 public:
  /// Takes a model over; its head onto the vocabulary is freed, a new one is drawn as PyTorch draws
  /// a Linear. Throws std::invalid_argument for fewer than two classes, or a pad_id outside of the
  /// vocabulary.
  GptClassifier(std::unique_ptr<GPTModel> model, const GptClassifierConfig& config);

  /// ids [B, T] -> logits [B, num_classes].
  Tensor Forward(const TokenIds& ids) const;

  /// The parameters under the workshop's names, as GPTModel has them, with the new out_head.
  std::vector<NamedPart> NamedParts() const;

  const GptClassifierConfig config;
  const std::unique_ptr<GPTModel> body;  ///< whose own head is gone
  Linear out_head;                       ///< weight [num_classes, C], bias [num_classes]

 private:
  Tensor Pool(const Tensor& hidden, const TokenIds& ids) const;
};

/// Which of a classifier's layers are trained; the head always is.
enum class TrainableLayers {
  kLastLayer,      ///< the head alone
  kLastBlock,      ///< and the last block and the final normalisation, as in the workshop
  kLastTwoBlocks,  ///< and the block before
  kAll,
};

/// "last_layer", "last_block", "last_two_blocks", "all": the workshop's names.
std::string TrainableLayersName(TrainableLayers layers);
std::optional<TrainableLayers> FindTrainableLayers(const std::string& name);

/// Freezes all parameters but those of `layers`.
void Freeze(GptClassifier& classifier, TrainableLayers layers);

/// The cross entropy of a batch of a ClassificationDataset.
Tensor ClassificationLoss(const GptClassifier& classifier, const Batch& batch);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_GPT_CLASSIFIER_H_
