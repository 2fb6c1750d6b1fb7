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
  const int64_t rows = ids.shape(0), columns = ids.shape(1);
  std::vector<int64_t> lengths(static_cast<size_t>(rows), columns);
  for (int64_t b = 0; b < rows; ++b) {
    while (lengths[b] > 1 && ids(b, lengths[b] - 1) == pad_id) --lengths[b];
  }
  return lengths;
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
  Tensor x = body->Hidden(ids);  // [B, T, C]
  if (config.position == TokenPosition::kMean) {
    x = Pool(body->final_norm.Forward(x), ids);  // [B, C]
  } else {
    x = body->final_norm.Forward(Pool(x, ids));  // [B, C]
  }
  return out_head.Forward(x);  // [B, num_classes]
}

// One vector per text: hidden [B, T, C] -> [B, C].
Tensor GptClassifier::Pool(const Tensor& hidden, const TokenIds& ids) const {
  const int64_t b = hidden.dim(0), t = hidden.dim(1), c = hidden.dim(2);
  if (config.position == TokenPosition::kFirst) return ops::Select(hidden, 1, 0);
  if (config.position == TokenPosition::kLast) return ops::Select(hidden, 1, t - 1);
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
}

Tensor ClassificationLoss(const GptClassifier& classifier, const Batch& batch) {
  return ops::CrossEntropy(classifier.Forward(batch.inputs), Flat(batch.targets));
}

}  // namespace gokart
