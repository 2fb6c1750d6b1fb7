#include "ch04_model/llama/llama_config.h"

#include <limits>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace gokart {
namespace {

// Token ids and positions are 32-bit numbers; the other sizes have the same bound.
constexpr int64_t kMaxSize = std::numeric_limits<int32_t>::max();

LlamaConfig Llama3(int64_t emb_dim, int64_t n_heads, int64_t n_layers, int64_t hidden_dim) {
  return {.vocab_size = 128256,
          .context_length = 8192,
          .emb_dim = emb_dim,
          .n_heads = n_heads,
          .n_kv_groups = 8,
          .n_layers = n_layers,
          .hidden_dim = hidden_dim,
          .rope_base = 500000};
}

LlamaConfig Longer(LlamaConfig config, double factor) {
  config.context_length = 131072;
  config.rope_scaling = RopeScaling{.factor = factor};
  return config;
}

LlamaConfig Tied(LlamaConfig config) {
  config.tie_weights = true;
  return config;
}

}  // namespace

LlamaConfig CheckedLlamaConfig(const std::string& layer, const LlamaConfig& config) {
  const auto check = [&](bool condition, const std::string& message) {
    if (!condition) throw std::invalid_argument(absl::StrCat(layer, ": ", message));
  };
  for (const auto& [name, size] : {std::pair<const char*, int64_t>{"vocab_size", config.vocab_size},
                                   {"context_length", config.context_length},
                                   {"emb_dim", config.emb_dim},
                                   {"n_heads", config.n_heads},
                                   {"n_kv_groups", config.n_kv_groups},
                                   {"n_layers", config.n_layers},
                                   {"hidden_dim", config.hidden_dim}}) {
    check(size >= 1 && size <= kMaxSize,
          absl::StrCat(name, " is ", size, ", must be between 1 and ", kMaxSize));
  }
  check(config.emb_dim % config.n_heads == 0,
        absl::StrCat("n_heads is ", config.n_heads, ", which does not divide emb_dim ",
                     config.emb_dim));
  check(config.n_heads % config.n_kv_groups == 0,
        absl::StrCat("n_kv_groups is ", config.n_kv_groups, ", which does not divide n_heads ",
                     config.n_heads));
  try {
    RopeFrequencies(config.emb_dim / config.n_heads, config.rope_base, config.rope_scaling);
  } catch (const std::invalid_argument& error) {
    check(false, error.what());
  }
  return config;
}

int64_t NumParameters(const LlamaConfig& config) {
  const int64_t c = config.emb_dim, head_dim = c / config.n_heads;
  const int64_t attention = 2 * c * c + 2 * c * config.n_kv_groups * head_dim;
  const int64_t block = attention + 3 * c * config.hidden_dim + 2 * c;
  const int64_t tables = config.tie_weights ? 1 : 2;
  return tables * config.vocab_size * c + config.n_layers * block + c;
}

const std::vector<NamedLlamaConfig>& NamedLlamaConfigs() {
  static const auto* const configs = new std::vector<NamedLlamaConfig>{
      {"llama2-7b", "Jul 2023", {}},
      {"llama2-13b",
       "Jul 2023",
       {.emb_dim = 5120, .n_heads = 40, .n_kv_groups = 40, .n_layers = 40, .hidden_dim = 13824}},
      {"llama2-70b",
       "Jul 2023",
       {.emb_dim = 8192, .n_heads = 64, .n_kv_groups = 8, .n_layers = 80, .hidden_dim = 28672}},
      {"llama3-8b", "Apr 2024", Llama3(4096, 32, 32, 14336)},
      {"llama3-70b", "Apr 2024", Llama3(8192, 64, 80, 28672)},
      {"llama3.1-8b", "Jul 2024", Longer(Llama3(4096, 32, 32, 14336), 8)},
      {"llama3.1-70b", "Jul 2024", Longer(Llama3(8192, 64, 80, 28672), 8)},
      {"llama3.1-405b", "Jul 2024", Longer(Llama3(16384, 128, 126, 53248), 8)},
      {"llama3.2-1b", "Sep 2024", Tied(Longer(Llama3(2048, 32, 16, 8192), 32))},
      {"llama3.2-3b", "Sep 2024", Tied(Longer(Llama3(3072, 24, 28, 8192), 32))},
  };
  return *configs;
}

absl::StatusOr<LlamaConfig> FindLlamaConfig(const std::string& name) {
  std::vector<std::string> names;
  for (const NamedLlamaConfig& named : NamedLlamaConfigs()) {
    if (named.name == name) return named.config;
    names.push_back(named.name);
  }
  return absl::NotFoundError(
      absl::StrCat("no Llama \"", name, "\"; there are: ", absl::StrJoin(names, ", ")));
}

}  // namespace gokart
