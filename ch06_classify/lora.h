// LoRA, low-rank adaptation (workshop appendix E; Hu et al. 2021, arXiv 2106.09685): the weights of
// a trained model stay as they are, and beside each linear layer a product of two thin matrices is
// trained.
//
//   AddLora(model, {.rank = 16, .alpha = 16});       // freezes everything else
//   AdamW optimizer(model.NamedParameters(), ...);   // trains the adapters alone
//   ...
//   MergeLora(model);                                // W + (alpha / rank) (A B)^T, for inference
#ifndef GOKART_CH06_CLASSIFY_LORA_H_
#define GOKART_CH06_CLASSIFY_LORA_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tensor/nn/linear_adapter.h"
#include "tensor/nn/module.h"
#include "tensor/tensor.h"

namespace gokart {

struct LoraConfig {
  int64_t rank = 16;
  double alpha = 16;  ///< the adapters' outputs are scaled by alpha / rank
  /// Which linear layers get an adapter: those whose name, or the end of it, is in the list
  /// ("W_query", "ff.layers.0", "out_head", "trf_blocks.3.att.out_proj"). Empty: all of them.
  std::vector<std::string> targets = {};
  /// Layers whose own parameters are trained as well, by name in the same way: a new head, for
  /// instance, which is as random as the adapters.
  std::vector<std::string> also_train = {};

  bool operator==(const LoraConfig&) const = default;
};

/// Whether the linear layer of this name gets an adapter.
bool IsLoraTarget(const std::string& layer, const LoraConfig& config);

/// (alpha / rank) x A B, with the workshop's A [in, rank] and B [rank, out] stored as PEFT does,
/// the other way round.
class LoraLayer : public LinearAdapter {
 public:
  /// A is drawn from GlobalGenerator() as the workshop draws it, uniform in +-1 / sqrt(rank) (its
  /// Kaiming initialisation takes the second axis of [in, rank] for the number of inputs); B is
  /// zero, so that at first the layer changes nothing. Throws std::invalid_argument unless rank is
  /// positive.
  LoraLayer(int64_t in_features, int64_t out_features, int64_t rank, double alpha);

  Tensor Forward(const Tensor& x) const override;
  Tensor WeightDelta() const override;

  int64_t rank() const { return lora_a.dim(0); }
  float scale() const { return scale_; }

  Tensor lora_a;  ///< [rank, in]; its transpose is the workshop's A
  Tensor lora_b;  ///< [out, rank]; its transpose is the workshop's B

 private:
  float scale_;
};

/// Freezes the model's parameters and gives each linear layer that `config` names an adapter,
/// in the order of the layers: W_query, W_key, W_value, out_proj, ff.layers.0, ff.layers.2 of each
/// block, then the head. Layers that had one get a new one. Errors: a rank or alpha that is not
/// positive; a name that no layer has.
absl::Status AddLora(Module& model, const LoraConfig& config);

/// Adds the adapters to the weights and takes them away: the same outputs, at the speed of the
/// model alone. Error: weights that are quantised, to which nothing can be added.
absl::Status MergeLora(Module& model);

/// Takes all adapters away: the model is the base model again.
void RemoveLora(Module& model);

/// The adapters of a model with the names of their layers.
struct NamedLora {
  std::string name;  ///< "trf_blocks.0.att.W_query"
  std::shared_ptr<LoraLayer> layer;
};
std::vector<NamedLora> LoraLayers(const Module& model);

/// The model without its adapters for a scope: the base model in the same memory, such as the
/// reference of preference tuning.
///
///   Tensor policy = model.Forward(ids);
///   WithoutLora base(model);
///   NoGrad no_grad;
///   Tensor reference = model.Forward(ids);
class WithoutLora {
 public:
  explicit WithoutLora(Module& model);
  ~WithoutLora();
  WithoutLora(const WithoutLora&) = delete;

 private:
  std::vector<AdapterSlot*> disabled_;
};

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_LORA_H_
