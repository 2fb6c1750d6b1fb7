// Attention layers by name, for flags such as --attention=fused, with what is known of each: the
// one list from which models, benchmarks, comparisons, estimates and tests are made.
//
//   std::unique_ptr<AttentionLayer> attention = MakeAttention("gqa", {.d_in = 768, ...});
//   double bytes = FindAttention("gqa")->costs(config, /*num_tokens=*/4096).cache_bytes;
#ifndef GOKART_CH03_ATTENTION_MAKE_ATTENTION_H_
#define GOKART_CH03_ATTENTION_MAKE_ATTENTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"
#include "ch03_attention/variants/attention_costs.h"

namespace gokart {

struct AttentionKind {
  std::string name;     ///< "gqa"
  std::string summary;  ///< one line, for help texts and tables
  std::function<std::unique_ptr<AttentionLayer>(const AttentionConfig&)> make;
  std::function<AttentionCosts(const AttentionConfig&, int64_t num_tokens)> costs;
  /// Whether it computes what "didactic", the chapter's own class, computes from the same weights.
  bool same_function = false;
  /// Whether it knows the order of tokens by itself, so that a model needs no table of positions.
  bool own_positions = false;
  /// After how many layers of a model it repeats: costs depend on config.layer modulo this.
  int64_t period = 1;
};

/// All there are; the first is the one to use unless told otherwise, and then in the order in which
/// the chapter's README teaches them.
const std::vector<AttentionKind>& AttentionKinds();

/// The kind of that name; nullptr if there is none.
const AttentionKind* FindAttention(const std::string& name);

/// "fused, didactic, ...", for help texts.
std::string AttentionNames();

/// An error that lists the known names, for a flag's value.
absl::Status CheckAttentionName(const std::string& name);

/// Throws std::invalid_argument for an unknown name, or a config that the layer refuses.
std::unique_ptr<AttentionLayer> MakeAttention(const std::string& name,
                                              const AttentionConfig& config);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_MAKE_ATTENTION_H_
