#include "ch06_classify/gpt_classifier.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "tensor/ops/cross_entropy.h"
#include "tensor/ops/embedding.h"
#include "tensor/ops/layout.h"
#include "tensor/ops/matmul.h"

namespace gokart {
namespace {

constexpr std::array<const char*, 4> kPositionNames = {"last", "flexible", "first", "mean"};
constexpr std::array<const char*, 4> kLayersNames = {"last_layer", "last_block", "last_two_blocks",
                                                     "all"};

template <typename Enum>
std::optional<Enum> FindName(const std::array<const char*, 4>& names, const std::string& name) {
  const auto it = std::find(names.begin(), names.end(), name);
  if (it == names.end()) return std::nullopt;
  return static_cast<Enum>(it - names.begin());
}

GptClassifierConfig Checked(const GptClassifierConfig& config, const GPTModel& model) {
  if (config.num_classes < 2) {
    throw std::invalid_argument("GptClassifier: num_classes " + std::to_string(config.num_classes) +
                                " must be at least 2");
  }
  if (config.pad_id < 0 || config.pad_id >= model.config.vocab_size) {
    throw std::invalid_argument("GptClassifier: pad_id " + std::to_string(config.pad_id) +
                                " is not in the vocabulary of " +
                                std::to_string(model.config.vocab_size));
  }
  return config;
}

// How many tokens of each row come before the padding; 1 for a row of nothing else.
std::vector<int64_t> TextLengths(const TokenIds& ids, int32_t pad_id) {
  // [exercise 6.5] Where a text ends
  // Task: Count the tokens of each row of ids [B, T] before its padding, at least 1. In Pool below,
  //       give for each text the vector of its last token (kLastReal), or the mean of the vectors
  //       of its tokens (kMean).
  // Hint: Padding is at the end; a pad_id between other tokens is one of them.
  // Hint: kLastReal: hidden as a table [B * T, C] has token t of text b in row b * T + t, and
  //       ops::EmbeddingLookup(table, rows, {B}) takes rows out of a table.
  // Hint: kMean: a mean is a product with weights [B, 1, T] that are 1 / length where the text is.
  // Test: //ch06_classify:gpt_classifier_test LastRealToken.*
  // Read: ch06_classify/gpt_classifier.h

  const int64_t rows = ids.shape(0), columns = ids.shape(1);
  std::vector<int64_t> lengths(static_cast<size_t>(rows), columns);
  for (int64_t b = 0; b < rows; ++b) {
    while (lengths[b] > 1 && ids(b, lengths[b] - 1) == pad_id) --lengths[b];
  }
  return lengths;
  // [end of exercise 6.5]
}

}  // namespace

std::string TokenPositionName(TokenPosition position) {
  return kPositionNames.at(static_cast<size_t>(position));
}

std::optional<TokenPosition> FindTokenPosition(const std::string& name) {
  return FindName<TokenPosition>(kPositionNames, name);
}

std::string TrainableLayersName(TrainableLayers layers) {
  return kLayersNames.at(static_cast<size_t>(layers));
}

std::optional<TrainableLayers> FindTrainableLayers(const std::string& name) {
  return FindName<TrainableLayers>(kLayersNames, name);
}

GptClassifier::GptClassifier(std::unique_ptr<GPTModel> model, const GptClassifierConfig& c)
    : config(Checked(c, *model)),
      body(std::move(model)),
      out_head(body->config.emb_dim, config.num_classes) {
  if (body->out_head != nullptr) body->out_head->weight = Tensor();
  RegisterModule("tok_emb", &body->tok_emb);
  RegisterModule("pos_emb", &body->pos_emb);
  RegisterModule("drop_emb", &body->drop_emb);
  for (size_t i = 0; i < body->trf_blocks.size(); ++i) {
    RegisterModule("trf_blocks." + std::to_string(i), body->trf_blocks[i].get());
  }
  RegisterModule("final_norm", &body->final_norm);
  RegisterModule("out_head", &out_head);
}

// logits = final_norm(x) W^T + b, for the one vector per text that Pool takes. Only the mean of
// several needs the normalisation before it.
Tensor GptClassifier::Forward(const TokenIds& ids) const {
  // [exercise 6.4] Classes instead of words
  // Task: Give logits [B, num_classes]: the body's hidden vectors, of which Pool takes one for each
  //       text, normalised by the body's final_norm, through out_head. In Pool below give the first
  //       token's vector for kFirst and the last one's of the row for kLast.
  // Hint: body->Hidden(ids) is [B, T, C], not yet normalised. A normalisation works on each vector
  //       alone, so that it can as well come after one was taken out.
  // Hint: For kMean the vectors must be normalised first, since the mean is of normalised ones.
  // Hint: ops::Select(x, axis, i) takes one place of an axis away.
  // Test: //ch06_classify:gpt_classifier_test ClassifierLogits.*
  // Read: ch06_classify/gpt_classifier.h

  Tensor x = body->Hidden(ids);  // [B, T, C]
  if (config.position == TokenPosition::kMean) {
    x = Pool(body->final_norm.Forward(x), ids);  // [B, C]
  } else {
    x = body->final_norm.Forward(Pool(x, ids));  // [B, C]
  }
  return out_head.Forward(x);  // [B, num_classes]
  // [end of exercise 6.4]
}

// One vector per text: hidden [B, T, C] -> [B, C].
Tensor GptClassifier::Pool(const Tensor& hidden, const TokenIds& ids) const {
  const int64_t b = hidden.dim(0), t = hidden.dim(1), c = hidden.dim(2);
  if (config.position == TokenPosition::kFirst || config.position == TokenPosition::kLast) {
    // [exercise 6.4, continued]
    return ops::Select(hidden, 1, config.position == TokenPosition::kFirst ? 0 : t - 1);
    // [end of exercise 6.4]
  }
  // [exercise 6.5, continued]
  const std::vector<int64_t> lengths = TextLengths(ids, config.pad_id);
  if (config.position == TokenPosition::kLastReal) {
    std::vector<int32_t> rows;
    for (int64_t i = 0; i < b; ++i) rows.push_back(static_cast<int32_t>(i * t + lengths[i] - 1));
    return ops::EmbeddingLookup(ops::Reshape(hidden, {b * t, c}), rows, {b});
  }
  Tensor weights = Tensor::Zeros({b, 1, t});  // 1 / length for each token of the text
  for (int64_t i = 0; i < b; ++i) {
    std::fill_n(weights.mutable_data() + i * t, lengths[i], 1 / static_cast<float>(lengths[i]));
  }
  return ops::Reshape(ops::MatMul(weights, hidden), {b, c});  // [B, 1, T] x [B, T, C]
  // [end of exercise 6.5]
}

std::vector<NamedPart> GptClassifier::NamedParts() const {
  std::vector<NamedPart> parts;
  for (NamedPart& part : body->NamedParts()) {
    if (part.name.rfind("out_head.", 0) != 0) parts.push_back(std::move(part));
  }
  for (NamedPart& part : WholeParts(out_head)) {
    part.name = "out_head." + part.name;
    parts.push_back(std::move(part));
  }
  return parts;
}

void Freeze(GptClassifier& classifier, TrainableLayers layers) {
  // [exercise 6.6] Which layers learn
  // Task: Let the head learn, and besides it nothing (kLastLayer), the last block and final_norm
  //       (kLastBlock), the last two blocks and final_norm (kLastTwoBlocks), or everything (kAll).
  // Hint: Every layer has RequireGrad(bool), which counts for all that is in it.
  // Hint: Freeze the whole first, then thaw. A model may have one block alone.
  // Test: //ch06_classify:gpt_classifier_test FrozenLayers.*
  // Read: ch06_classify/gpt_classifier.h

  classifier.RequireGrad(layers == TrainableLayers::kAll);
  classifier.out_head.RequireGrad(true);
  const int64_t n = layers == TrainableLayers::kLastBlock       ? 1
                    : layers == TrainableLayers::kLastTwoBlocks ? 2
                                                                : 0;
  if (n > 0) classifier.body->final_norm.RequireGrad(true);
  const auto& blocks = classifier.body->trf_blocks;
  for (size_t i = blocks.size() - std::min<size_t>(n, blocks.size()); i < blocks.size(); ++i) {
    if (n > 0) blocks[i]->RequireGrad(true);
  }
  // [end of exercise 6.6]
}

Tensor ClassificationLoss(const GptClassifier& classifier, const Batch& batch) {
  // [exercise 6.7] The loss of a classifier
  // Task: Give the mean of -log p(class) over the texts of a batch: a scalar that can run
  //       backwards.
  // Hint: It is chapter 5's loss with one prediction for each text in place of one for each token.
  // Hint: Flat(batch.targets) are the classes [B] of targets [B, 1].
  // Test: //ch06_classify:gpt_classifier_test ClassifierLoss.*
  // Read: ch06_classify/gpt_classifier.h

  return ops::CrossEntropy(classifier.Forward(batch.inputs), Flat(batch.targets));
  // [end of exercise 6.7]
}

}  // namespace gokart
