#include "ch05_pretrain/weights/gguf/gguf_config.h"

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/weights/gguf/gguf_names.h"

namespace gokart {
namespace {

using namespace gguf_keys;

constexpr int64_t kMaxSize = std::numeric_limits<int32_t>::max();

// A size that must be there.
absl::Status ReadSize(const GgufMetadata& metadata, const char* key, int64_t& size) {
  const std::optional<int64_t> value = GetInteger(metadata, key);
  if (value) {
    size = *value;
    if (size >= 1 && size <= kMaxSize) return absl::OkStatus();
  }
  const GgufValue* found = FindValue(metadata, key);
  return absl::InvalidArgumentError(
      found == nullptr ? absl::StrCat(key, " is missing")
                       : absl::StrCat(key, " is ", ValueText(*found),
                                      ", expected a whole number from 1 to ", kMaxSize));
}

absl::Status CheckArchitecture(const GgufMetadata& metadata) {
  const GgufValue* found = FindValue(metadata, kArchitecture);
  if (found != nullptr && *found == GgufValue(std::string(kGpt2))) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat(kArchitecture, " is ",
                                               found == nullptr ? "missing" : ValueText(*found),
                                               ", expected ", kGpt2));
}

// What GPT-2 has no choice in.
absl::Status CheckFixed(const GgufMetadata& metadata, const PublisherConfig& config) {
  const std::optional<int64_t> width = GetInteger(metadata, kFeedForwardLength);
  if (width && *width != 4 * config.emb_dim) {
    return absl::UnimplementedError(absl::StrCat(kFeedForwardLength, " is ", *width, ", expected ",
                                                 4 * config.emb_dim, " (4 times the embedding)"));
  }
  const float* epsilon = GetValue<float>(metadata, kEpsilonKey);
  if (epsilon != nullptr && !(std::abs(*epsilon - kLayerNormEpsilon) < 1e-9)) {
    return absl::UnimplementedError(
        absl::StrCat(kEpsilonKey, " is ", *epsilon, ", expected ", kLayerNormEpsilon));
  }
  return absl::OkStatus();
}

const GgufTensor* FindTensor(const GgufContents& contents, const std::string& workshop_name) {
  const std::string name = GgufPlaceOf(workshop_name).name;
  for (const GgufTensor& tensor : contents.tensors) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

absl::StatusOr<PublisherConfig> ReadConfig(const GgufContents& contents) {
  const GgufMetadata& metadata = contents.metadata;
  if (absl::Status s = CheckArchitecture(metadata); !s.ok()) return s;
  PublisherConfig config;
  for (const auto& [key, field] :
       {std::pair(kContextLength, &config.context_length),
        std::pair(kEmbeddingLength, &config.emb_dim), std::pair(kHeadCount, &config.n_heads),
        std::pair(kBlockCount, &config.n_layers)}) {
    if (absl::Status s = ReadSize(metadata, key, *field); !s.ok()) return s;
  }
  const GgufTensor* table = FindTensor(contents, "tok_emb.weight");
  if (table == nullptr) return absl::InvalidArgumentError("there is no tensor token_embd.weight");
  config.vocab_size = table->shape.front();
  config.tie_weights = FindTensor(contents, "out_head.weight") == nullptr;
  if (absl::Status s = CheckFixed(metadata, config); !s.ok()) return s;
  return config;
}

}  // namespace

absl::StatusOr<PublisherConfig> ReadGgufConfig(const GgufContents& contents,
                                               const std::string& path) {
  absl::StatusOr<PublisherConfig> config = ReadConfig(contents);
  if (config.ok()) return config;
  return absl::Status(config.status().code(), absl::StrCat(path, ": ", config.status().message()));
}

}  // namespace gokart
