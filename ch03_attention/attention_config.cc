#include "ch03_attention/attention_config.h"

#include <stdexcept>

namespace gokart {
namespace {

void Check(bool condition, const std::string& layer, const std::string& message) {
  if (!condition) throw std::invalid_argument(layer + ": " + message);
}

void CheckPositive(const std::string& layer, const std::string& name, int64_t value) {
  Check(value > 0, layer, name + " is " + std::to_string(value) + ", must be at least 1");
}

}  // namespace

AttentionConfig CheckedConfig(const std::string& layer, const AttentionConfig& config) {
  CheckPositive(layer, "d_in", config.d_in);
  CheckPositive(layer, "d_out", config.d_out);
  CheckPositive(layer, "context_length", config.context_length);
  CheckPositive(layer, "num_heads", config.num_heads);
  for (const int64_t choice :
       {config.num_kv_groups, config.window, config.latent_dim, config.layer}) {
    Check(choice >= 0, layer,
          "num_kv_groups, window, latent_dim or layer is " + std::to_string(choice) +
              ", must be at least 0");
  }
  Check(config.dropout >= 0 && config.dropout < 1, layer,
        "dropout is " + std::to_string(config.dropout) + ", must be at least 0 and less than 1");
  return config;
}

AttentionConfig CheckedHeads(const std::string& layer, const AttentionConfig& config) {
  CheckedConfig(layer, config);
  Check(config.d_out % config.num_heads == 0, layer,
        "d_out " + std::to_string(config.d_out) + " does not divide into " +
            std::to_string(config.num_heads) + " heads");
  return config;
}

void CheckInput(const std::string& layer, const AttentionConfig& config, const Tensor& x) {
  Check(x.rank() == 3 && x.dim(2) == config.d_in, layer,
        "x " + x.shape().ToString() + ": [batch, tokens, " + std::to_string(config.d_in) +
            "] expected");
  Check(x.dim(1) <= config.context_length, layer,
        "x " + x.shape().ToString() + ": " + std::to_string(x.dim(1)) +
            " tokens exceed context_length " + std::to_string(config.context_length));
}

}  // namespace gokart
