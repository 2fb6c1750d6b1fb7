// Adapters as files of their own, a few percent of the model's size, in the layout of Hugging
// Face's PEFT: a folder with adapter_model.safetensors and adapter_config.json.
//
//   base_model.model.trf_blocks.0.att.W_query.lora_A.weight   [rank, in]
//   base_model.model.trf_blocks.0.att.W_query.lora_B.weight   [out, rank]
//   base_model.model.out_head.weight                          a layer that was trained as a whole
//
//   const std::string base = FingerprintOf(model.NamedParts(), {"out_head"});
//   AddLora(model, config);  ... train ...
//   SaveLora("runs/mine/adapter", model, model.NamedParts(), {.config = config, .base = base,
//   ...}); LoadLora("runs/mine/adapter", model, model.NamedParts(), base);
#ifndef GOKART_CH06_CLASSIFY_LORA_FILE_H_
#define GOKART_CH06_CLASSIFY_LORA_FILE_H_

#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch06_classify/lora.h"
#include "tensor/nn/named_part.h"

namespace gokart {

/// SHA-256 over names, shapes and values of a model's parts, but those of the layers in `without`
/// (which an adapter brings along). An adapter fits the model that it was trained on and no other;
/// this tells whether it is that one.
std::string FingerprintOf(std::span<const NamedPart> parts,
                          const std::vector<std::string>& without = {});

struct LoraFileInfo {
  LoraConfig config;
  /// Of the base model, as FingerprintOf gave it before anything was trained or quantised.
  std::string base;
  std::string base_path;  ///< where it came from, for people
  /// Layers that are saved as a whole: a new head.
  std::vector<std::string> modules_to_save;
  std::map<std::string, std::string> metadata;  ///< anything else, for who loads it
};

/// Writes the adapters of `model`, and from `parts` the layers to save, into `folder`. Error: the
/// model has no adapters; the folder cannot be written.
absl::Status SaveLora(const std::string& folder, const Module& model,
                      std::span<const NamedPart> parts, const LoraFileInfo& info);

/// What adapter_config.json says. Errors: no such file, not PEFT's, values that make no sense.
absl::StatusOr<LoraFileInfo> ReadLoraInfo(const std::string& folder);

/// Gives `model`, whose parts are `parts`, the adapters in `folder`, and fills the layers that were
/// saved as a whole. `base` is the model's fingerprint. Errors: an adapter of another base model;
/// names or shapes that don't fit; a damaged file. The model is unchanged then.
absl::Status LoadLora(const std::string& folder, Module& model, std::vector<NamedPart> parts,
                      const std::string& base);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_LORA_FILE_H_
