#include "ch06_classify/lora.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tensor/ops/arithmetic.h"
#include "tensor/ops/linear.h"
#include "tensor/ops/matmul.h"
#include "tensor/random.h"

namespace gokart {
namespace {

// Whether a target is the layer's name or the end of it, from a dot on.
bool Matches(const std::string& layer, const std::string& target) {
  return layer == target || absl::EndsWith(layer, "." + target);
}

bool IsTarget(const std::string& layer, const std::vector<std::string>& targets) {
  return targets.empty() || std::any_of(targets.begin(), targets.end(),
                                        [&](const auto& target) { return Matches(layer, target); });
}

absl::Status CheckTargets(const std::vector<NamedAdapterSlot>& slots,
                          const std::vector<std::string>& targets) {
  for (const std::string& target : targets) {
    if (std::any_of(slots.begin(), slots.end(),
                    [&](const auto& named) { return Matches(named.name, target); })) {
      continue;
    }
    std::vector<std::string> names;
    for (const NamedAdapterSlot& named : slots) names.push_back(named.name);
    return absl::NotFoundError(absl::StrCat("LoRA: no linear layer is named '", target,
                                            "'; there are ", absl::StrJoin(names, ", ")));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsLoraTarget(const std::string& layer, const LoraConfig& config) {
  return IsTarget(layer, config.targets);
}

LoraLayer::LoraLayer(int64_t in_features, int64_t out_features, int64_t rank, double alpha)
    : lora_b(Tensor::Zeros({out_features, std::max<int64_t>(rank, 0)})),
      scale_(static_cast<float>(alpha / static_cast<double>(rank))) {
  if (rank < 1) {
    throw std::invalid_argument("LoraLayer: rank " + std::to_string(rank) + " must be positive");
  }
  // [exercise 6.11] A layer that changes nothing at first
  // Task: Make lora_a [rank, in]: the workshop's A is [in, rank], drawn row by row from
  //       GlobalGenerator(), uniform in +-1 / sqrt(rank); lora_a is its transpose. Let lora_a and
  //       lora_b learn, and register both, as lora_A.weight and lora_B.weight.
  // Hint: B is zero already, so that A B is. If A were zero as well, neither would ever get a
  //       gradient.
  // Hint: generator.Uniform(data, n, low, high) draws n numbers. Draw into a vector and put number
  //       i * rank + r where lora_a has (r, i).
  // Hint: Tensor::Empty(shape) has mutable_data(); RequireGrad() and RegisterParameter(name,
  //       &tensor) come last.
  // Test: //ch06_classify:lora_test LoraLayerAtFirst.*
  // Read: ch06_classify/lora.h

  const float bound = 1 / std::sqrt(static_cast<float>(rank));
  std::vector<float> a(static_cast<size_t>(in_features * rank));  // [in, rank], as it is drawn
  GlobalGenerator().Uniform(a.data(), in_features * rank, -bound, bound);
  lora_a = Tensor::Empty({rank, in_features});
  for (int64_t i = 0; i < in_features; ++i) {
    for (int64_t r = 0; r < rank; ++r) {
      lora_a.mutable_data()[r * in_features + i] = a[static_cast<size_t>(i * rank + r)];
    }
  }
  lora_a.RequireGrad();
  lora_b.RequireGrad();
  RegisterParameter("lora_A.weight", &lora_a);
  RegisterParameter("lora_B.weight", &lora_b);
  // [end of exercise 6.11]
}

// (alpha / rank) (x A) B; two thin products instead of one with A B, which is as large as W.
Tensor LoraLayer::Forward(const Tensor& x) const {
  // [exercise 6.12] Two thin matrices
  // Task: Give (alpha / rank) x A B: x [..., in] -> [..., out]. scale_ is alpha / rank.
  // Hint: (x A) B takes far less work than x (A B), which makes a matrix as large as W.
  // Hint: ops::Linear(x, weight, Tensor()) is x times the transpose of weight; lora_a and lora_b
  //       are stored transposed.
  // Test: //ch06_classify:lora_test LoraForward.*
  // Read: ch06_classify/lora.h

  const Tensor xa = ops::Linear(x, lora_a, /*bias=*/Tensor());  // [..., in] -> [..., rank]
  return ops::Linear(xa * scale_, lora_b, /*bias=*/Tensor());   // [..., rank] -> [..., out]
  // [end of exercise 6.12]
}

Tensor LoraLayer::WeightDelta() const {
  const NoGrad no_grad;
  // [exercise 6.13] What an adapter adds to the weight
  // Task: Give the [out, in] that, added to the weight of the layer, does what Forward does: (alpha
  //       / rank) (A B)^T.
  // Hint: (A B)^T = B^T A^T, and both are stored transposed.
  // Test: //ch06_classify:lora_test LoraWeightDelta.*
  // Read: ch06_classify/lora.h

  return ops::MatMul(lora_b, lora_a) * scale_;  // [out, rank] x [rank, in] -> [out, in]
  // [end of exercise 6.13]
}

absl::Status AddLora(Module& model, const LoraConfig& config) {
  if (config.rank < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("LoRA: rank ", config.rank, " must be at least 1"));
  }
  if (!(config.alpha > 0) || !std::isfinite(config.alpha)) {
    return absl::InvalidArgumentError(
        absl::StrCat("LoRA: alpha ", config.alpha, " must be positive"));
  }
  const std::vector<NamedAdapterSlot> slots = model.AdapterSlots();
  if (absl::Status s = CheckTargets(slots, config.targets); !s.ok()) return s;
  if (absl::Status s = CheckTargets(slots, config.also_train); !s.ok()) return s;
  // [exercise 6.14] Adapters for a model
  // Task: Take adapters away that were there, freeze the model but for the parameters of the layers
  //       in config.also_train, and give each linear layer of `slots` that config names a LoraLayer
  //       of its own size.
  // Hint: RemoveLora(model) and IsLoraTarget(name, config) are there; a slot knows its
  //       in_features() and out_features(), and Attach(std::make_shared<LoraLayer>(...)) takes an
  //       adapter.
  // Hint: model.OwnParameters() have names such as "out_head.weight", whose layer is what comes
  //       before the last dot. An empty also_train names no layer, unlike empty targets.
  // Test: //ch06_classify:lora_test AddLora.*
  // Read: ch06_classify/lora.h

  RemoveLora(model);
  model.RequireGrad(false);
  for (NamedTensor& parameter : model.OwnParameters()) {
    const std::string layer = parameter.name.substr(0, parameter.name.rfind('.'));
    if (!config.also_train.empty() && IsTarget(layer, config.also_train)) {
      parameter.tensor.RequireGrad(true);
    }
  }
  for (const auto& [name, slot] : slots) {
    if (!IsLoraTarget(name, config)) continue;
    slot->Attach(std::make_shared<LoraLayer>(slot->in_features(), slot->out_features(), config.rank,
                                             config.alpha));
  }
  return absl::OkStatus();
  // [end of exercise 6.14]
}

absl::Status MergeLora(Module& model) {
  const std::vector<NamedAdapterSlot> slots = model.AdapterSlots();
  // [exercise 6.15] Adapters into the weights
  // Task: Let each layer that has an adapter take it into its weight: Merge(). If any of them
  //       cannot (its weight is quantised), change nothing and give an
  //       absl::FailedPreconditionError that names the layer and says "is quantised".
  // Hint: slot->adapter() is null where there is none; slot->can_merge() says whether it can.
  // Hint: So look at all of them first, and merge afterwards.
  // Test: //ch06_classify:lora_test MergeLora.*
  // Read: ch06_classify/lora.h

  for (const auto& [name, slot] : slots) {
    if (slot->adapter() != nullptr && !slot->can_merge()) {
      return absl::FailedPreconditionError(
          absl::StrCat("LoRA: ", name,
                       " is quantised, so that no adapter can be merged into it; keep the adapter "
                       "beside it, or merge into the model as it was before"));
    }
  }
  for (const auto& [name, slot] : slots) {
    if (slot->adapter() != nullptr) slot->Merge();
  }
  return absl::OkStatus();
  // [end of exercise 6.15]
}

void RemoveLora(Module& model) {
  for (const auto& [name, slot] : model.AdapterSlots()) slot->Attach(nullptr);
}

std::vector<NamedLora> LoraLayers(const Module& model) {
  std::vector<NamedLora> layers;
  for (const auto& [name, slot] : model.AdapterSlots()) {
    if (auto layer = std::dynamic_pointer_cast<LoraLayer>(slot->adapter())) {
      layers.push_back({name, std::move(layer)});
    }
  }
  return layers;
}

WithoutLora::WithoutLora(Module& model) {
  // [exercise 6.16] The base model for a while
  // Task: Switch off all adapters that are on, and remember them in disabled_; the destructor below
  //       switches those on again.
  // Hint: A slot of model.AdapterSlots() is active() if it has an adapter that is on; Enable(bool)
  //       switches it.
  // Hint: An adapter that was off before must stay off afterwards: scopes may lie in each other.
  // Test: //ch06_classify:lora_test WithoutLora.*
  // Read: ch06_classify/lora.h

  for (const auto& [name, slot] : model.AdapterSlots()) {
    if (!slot->active()) continue;
    slot->Enable(false);
    disabled_.push_back(slot);
  }
  // [end of exercise 6.16]
}

WithoutLora::~WithoutLora() {
  for (AdapterSlot* slot : disabled_) slot->Enable(true);
}

}  // namespace gokart
