// Attention layers by name, for flags such as --attention=fused.
//
//   std::unique_ptr<AttentionLayer> attention = MakeAttention("fused", {.d_in = 768, ...});
#ifndef GOKART_CH03_ATTENTION_MAKE_ATTENTION_H_
#define GOKART_CH03_ATTENTION_MAKE_ATTENTION_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"

namespace gokart {

struct AttentionKind {
  std::string name;     ///< "fused"
  std::string summary;  ///< one line, for help texts
  std::function<std::unique_ptr<AttentionLayer>(const AttentionConfig&)> make;
};

/// All there are; the first is the one to use unless told otherwise.
const std::vector<AttentionKind>& AttentionKinds();

/// An error that lists the known names, for a flag's value.
absl::Status CheckAttentionName(const std::string& name);

/// Throws std::invalid_argument for an unknown name, or a config that the layer refuses.
std::unique_ptr<AttentionLayer> MakeAttention(const std::string& name,
                                              const AttentionConfig& config);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_MAKE_ATTENTION_H_
