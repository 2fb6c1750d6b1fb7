#include "ch03_attention/make_attention.h"

#include <stdexcept>

#include "ch03_attention/fused_multi_head_attention.h"
#include "ch03_attention/multi_head_attention.h"

namespace gokart {
namespace {

template <typename Layer>
std::unique_ptr<AttentionLayer> Make(const AttentionConfig& config) {
  return std::make_unique<Layer>(config);
}

const AttentionKind* Find(const std::string& name) {
  for (const AttentionKind& kind : AttentionKinds()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace

const std::vector<AttentionKind>& AttentionKinds() {
  static const auto* const kinds = new std::vector<AttentionKind>{
      {"fused", "one projection and one tiled operation; fast", Make<FusedMultiHeadAttention>},
      {"didactic", "chapter 3's own class, step by step", Make<MultiHeadAttention>},
  };
  return *kinds;
}

absl::Status CheckAttentionName(const std::string& name) {
  if (Find(name) != nullptr) return absl::OkStatus();
  std::string known;
  for (const AttentionKind& kind : AttentionKinds()) {
    known += (known.empty() ? "" : ", ") + kind.name;
  }
  return absl::InvalidArgumentError("no attention \"" + name + "\"; there are: " + known);
}

std::unique_ptr<AttentionLayer> MakeAttention(const std::string& name,
                                              const AttentionConfig& config) {
  const AttentionKind* const kind = Find(name);
  if (kind == nullptr) {
    throw std::invalid_argument("MakeAttention: " +
                                std::string(CheckAttentionName(name).message()));
  }
  return kind->make(config);
}

}  // namespace gokart
