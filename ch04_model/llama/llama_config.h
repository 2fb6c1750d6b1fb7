// The sizes that define a Llama, under the workshop's names, and the published Llamas by name.
//
//   LlamaConfig config = *FindLlamaConfig("llama3.2-1b");
//   NumParameters(config);  // 1,235,814,400
#ifndef GOKART_CH04_MODEL_LLAMA_LLAMA_CONFIG_H_
#define GOKART_CH04_MODEL_LLAMA_LLAMA_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ch04_model/llama/rope_frequencies.h"

namespace gokart {

/// The defaults are those of Llama 2 7B.
struct LlamaConfig {
  int64_t vocab_size = 32000;     ///< V, how many different tokens
  int64_t context_length = 4096;  ///< the longest sequence, in tokens
  int64_t emb_dim = 4096;         ///< C, the width of the vectors between the blocks
  int64_t n_heads = 32;           ///< H; each has dimension D = C / H
  int64_t n_kv_groups = 32;       ///< G, heads of keys and values; fewer than H since Llama 3
  int64_t n_layers = 32;          ///< L, how many blocks
  int64_t hidden_dim = 11008;     ///< F, the width inside of the feed-forward network
  double rope_base = 10000;       ///< 500,000 since Llama 3
  std::optional<RopeScaling> rope_scaling = {};  ///< since Llama 3.1
  bool tie_weights = false;                      ///< in Llama 3.2's small models

  bool operator==(const LlamaConfig&) const = default;
};

/// The config as it is, if a model can be made of it: positive sizes, heads that divide the width
/// into an even number of channels, groups that divide the heads, frequencies that RopeFrequencies
/// accepts. Otherwise throws std::invalid_argument, starting with the name of `layer`.
LlamaConfig CheckedLlamaConfig(const std::string& layer, const LlamaConfig& config);

/// All parameters; a table that two layers share counts once. V C for the tokens (twice unless
/// tied), for each block 2 C^2 + 2 C^2 G/H + 3 C F + 2 C, and C for the last normalisation.
int64_t NumParameters(const LlamaConfig& config);

/// A config under the name that its publisher gave it.
struct NamedLlamaConfig {
  std::string name;       ///< "llama3-8b"
  std::string published;  ///< "Jul 2023"
  LlamaConfig config;
};

/// Llama 2, 3, 3.1 and 3.2 in their text-only sizes, the oldest first.
const std::vector<NamedLlamaConfig>& NamedLlamaConfigs();

/// The config of that name; the error lists the names there are.
absl::StatusOr<LlamaConfig> FindLlamaConfig(const std::string& name);

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_LLAMA_LLAMA_CONFIG_H_
