#include "ch03_attention/make_attention.h"

#include <stdexcept>

#include "ch03_attention/fused_multi_head_attention.h"
#include "ch03_attention/multi_head_attention.h"
#include "ch03_attention/variants/alibi_attention.h"
#include "ch03_attention/variants/combined_qkv_attention.h"
#include "ch03_attention/variants/einsum_attention.h"
#include "ch03_attention/variants/flex_attention.h"
#include "ch03_attention/variants/gated_delta_net.h"
#include "ch03_attention/variants/grouped_query_attention.h"
#include "ch03_attention/variants/masked_attention.h"
#include "ch03_attention/variants/multi_head_latent_attention.h"
#include "ch03_attention/variants/projected_attention.h"
#include "ch03_attention/variants/qk_norm_attention.h"
#include "ch03_attention/variants/rope_attention.h"
#include "ch03_attention/variants/sink_attention.h"
#include "ch03_attention/variants/sliding_window_attention.h"
#include "ch03_attention/variants/stacked_attention.h"
#include "ch03_attention/variants/tiled_attention.h"

namespace gokart {
namespace {

template <typename Layer>
std::unique_ptr<AttentionLayer> Make(const AttentionConfig& config) {
  return std::make_unique<Layer>(config);
}

// Of MultiHeadAttention, which keeps its weights, and of the kernel, which does not.
AttentionCosts PlainCosts(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {.keeps_weights = true});
}
AttentionCosts KernelCosts(const AttentionConfig& config, int64_t num_tokens) {
  return CountSoftmaxAttention(config, num_tokens, {});
}

std::vector<AttentionKind> MakeKinds() {
  return {
      {"fused", "the model's own: one projection and one tiled kernel",
       Make<FusedMultiHeadAttention>, KernelCosts, true},
      {"didactic", "chapter 3's own class, step by step, with split weights",
       Make<MultiHeadAttention>, PlainCosts, true},
      {"stacked", "a stack of single heads", Make<StackedAttention>, StackedAttention::Costs, true},
      {"combined", "one matrix for queries, keys and values", Make<CombinedQkvAttention>,
       CombinedQkvAttention::Costs, true},
      {"einsum", "in Einstein's notation", Make<EinsumAttention>, EinsumAttention::Costs, true},
      {"tiled", "FlashAttention's algorithm, to read", Make<TiledAttention>, TiledAttention::Costs,
       true},
      {"sdpa", "split weights and the fused kernel", Make<ProjectedAttention>,
       ProjectedAttention::Costs, true},
      {"sdpa_mask", "the fused kernel with the mask as data", Make<MaskedAttention>,
       MaskedAttention::Costs, true},
      {"flex", "the fused kernel with the mask as a function", Make<FlexAttention>,
       FlexAttention::Costs, true},
      {"mqa", "multi-query: one head of keys and values", Make<MultiQueryAttention>,
       MultiQueryAttention::Costs},
      {"gqa", "grouped-query: groups of heads share keys and values", Make<GroupedQueryAttention>,
       GroupedQueryAttention::Costs},
      {"mla", "multi-head latent: keys and values from one short vector",
       Make<MultiHeadLatentAttention>, MultiHeadLatentAttention::Costs},
      {"swa", "sliding window: a token sees the last few only", Make<SlidingWindowAttention>,
       SlidingWindowAttention::Costs},
      {"swa_full", "three sliding layers, then a full one", Make<AlternatingAttention>,
       AlternatingAttention::Costs, false, false, AlternatingAttention::kSlidingPerFull + 1},
      {"deltanet", "gated DeltaNet: a memory of fixed size", Make<GatedDeltaNet>,
       GatedDeltaNet::Costs, false, true},
      {"rope", "rotary position embeddings", Make<RopeAttention>, RopeAttention::Costs, false,
       true},
      {"alibi", "linear biases for distance", Make<AlibiAttention>, AlibiAttention::Costs, false,
       true},
      {"sinks", "a learned sink for attention that has nowhere to go", Make<SinkAttention>,
       SinkAttention::Costs},
      {"qk_norm", "queries and keys of the same length", Make<QkNormAttention>,
       QkNormAttention::Costs},
  };
}

}  // namespace

const std::vector<AttentionKind>& AttentionKinds() {
  static const auto* const kinds = new std::vector<AttentionKind>(MakeKinds());
  return *kinds;
}

const AttentionKind* FindAttention(const std::string& name) {
  for (const AttentionKind& kind : AttentionKinds()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

std::string AttentionNames() {
  std::string names;
  for (const AttentionKind& kind : AttentionKinds()) {
    names += (names.empty() ? "" : ", ") + kind.name;
  }
  return names;
}

absl::Status CheckAttentionName(const std::string& name) {
  if (FindAttention(name) != nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError("no attention \"" + name +
                                    "\"; there are: " + AttentionNames());
}

std::unique_ptr<AttentionLayer> MakeAttention(const std::string& name,
                                              const AttentionConfig& config) {
  const AttentionKind* const kind = FindAttention(name);
  if (kind == nullptr) {
    throw std::invalid_argument("MakeAttention: " +
                                std::string(CheckAttentionName(name).message()));
  }
  return kind->make(config);
}

}  // namespace gokart
