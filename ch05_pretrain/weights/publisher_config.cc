#include "ch05_pretrain/weights/publisher_config.h"

#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace gokart {
namespace {

using nlohmann::json;

std::string Shown(const json& value) {
  const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() <= 40 ? text : text.substr(0, 40) + "...";
}

// Reads fields one after the other and keeps the first error.
class Fields {
 public:
  Fields(const json& object, const std::string& path) : object_(object), path_(path) {}

  const absl::Status& status() const { return status_; }

  // The whole number under the first of the names that is there.
  void Size(const std::vector<const char*>& names, int64_t& field) {
    for (const char* name : names) {
      const auto found = object_.find(name);
      if (found == object_.end() || found->is_null()) continue;
      if (!found->is_number_integer() || !(found->get<double>() >= 1) ||
          found->get<double>() > std::numeric_limits<int32_t>::max()) {
        return Fail(name, *found, "a whole number from 1 to 2147483647");
      }
      field = found->get<int64_t>();
      return;
    }
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(
        absl::StrCat(path_, ": ", names.front(), " is missing; is this GPT-2's configuration?"));
  }

  void Rate(const char* name, std::optional<double>& field) {
    const auto found = object_.find(name);
    if (found == object_.end() || found->is_null()) return;
    if (!found->is_number()) return Fail(name, *found, "a number");
    field = found->get<double>();
  }

  void Bool(const char* name, bool& field) {
    const auto found = object_.find(name);
    if (found == object_.end() || found->is_null()) return;
    if (!found->is_boolean()) return Fail(name, *found, "true or false");
    field = found->get<bool>();
  }

  // What GPT-2 has in one way only.
  void Expect(const char* name, const std::vector<json>& values) {
    const auto found = object_.find(name);
    if (found == object_.end() || found->is_null()) return;
    for (const json& value : values) {
      const bool close = value.is_number_float() && found->is_number() &&
                         std::abs(found->get<double>() / value.get<double>() - 1) < 1e-3;
      if (close || *found == value) return;
    }
    Fail(name, *found, absl::StrCat(Shown(values.front()), " as in GPT-2"));
  }

 private:
  void Fail(const char* name, const json& value, const std::string& expected) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(
        absl::StrCat(path_, ": ", name, " is ", Shown(value), ", expected ", expected));
  }

  const json& object_;
  const std::string& path_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<PublisherConfig> ReadPublisherConfig(const json& object, const std::string& path) {
  PublisherConfig config;
  Fields fields(object, path);
  fields.Expect("model_type", {"gpt2"});
  fields.Size({"vocab_size", "n_vocab"}, config.vocab_size);
  fields.Size({"n_positions", "n_ctx"}, config.context_length);
  fields.Size({"n_embd"}, config.emb_dim);
  fields.Size({"n_head"}, config.n_heads);
  fields.Size({"n_layer"}, config.n_layers);
  fields.Rate("embd_pdrop", config.drop_rate_emb);
  fields.Rate("attn_pdrop", config.drop_rate_attn);
  fields.Rate("resid_pdrop", config.drop_rate_shortcut);
  fields.Bool("tie_word_embeddings", config.tie_weights);
  fields.Expect("activation_function", {"gelu_new", "gelu_pytorch_tanh", "gelu_fast"});
  fields.Expect("layer_norm_epsilon", {kLayerNormEpsilon});
  fields.Expect("n_inner", {4 * config.emb_dim});
  fields.Expect("scale_attn_weights", {true});
  fields.Expect("scale_attn_by_inverse_layer_idx", {false});
  fields.Expect("add_cross_attention", {false});
  if (!fields.status().ok()) return fields.status();
  return config;
}

}  // namespace gokart
