#include "ch05_pretrain/weights/gguf/gguf_gpt.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/weights/gguf/gguf_names.h"

namespace gokart {
namespace {

constexpr char kArchitecture[] = "general.architecture";
constexpr char kGpt2[] = "gpt2";
constexpr float kEpsilon = 1e-5f;  // of GPT-2's normalisations, and our LayerNorm's

constexpr char kContextLength[] = "gpt2.context_length";
constexpr char kEmbeddingLength[] = "gpt2.embedding_length";
constexpr char kFeedForwardLength[] = "gpt2.feed_forward_length";
constexpr char kBlockCount[] = "gpt2.block_count";
constexpr char kHeadCount[] = "gpt2.attention.head_count";
constexpr char kEpsilonKey[] = "gpt2.attention.layer_norm_epsilon";

// llama.cpp's numbers for files most of whose matrices are of a type (enum llama_ftype).
uint32_t FileType(DType dtype) {
  switch (dtype) {
    case DType::kF16:
      return 1;
    case DType::kQ4_0:
      return 2;
    case DType::kQ8_0:
      return 7;
    case DType::kBF16:
      return 32;
    default:
      return 0;
  }
}

// A size that must be there.
absl::Status ReadSize(const GgufMetadata& metadata, const char* key, int64_t& size) {
  const std::optional<int64_t> value = GetInteger(metadata, key);
  if (value) {
    size = *value;
    return absl::OkStatus();
  }
  const GgufValue* found = FindValue(metadata, key);
  return absl::InvalidArgumentError(
      found == nullptr ? absl::StrCat(key, " is missing")
                       : absl::StrCat(key, " is ", ValueText(*found), ", expected a whole number"));
}

absl::Status CheckArchitecture(const GgufMetadata& metadata) {
  const GgufValue* found = FindValue(metadata, kArchitecture);
  if (found != nullptr && *found == GgufValue(std::string(kGpt2))) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat(kArchitecture, " is ",
                                               found == nullptr ? "missing" : ValueText(*found),
                                               ", expected ", kGpt2));
}

// What GPT-2 has no choice in.
absl::Status CheckFixed(const GgufMetadata& metadata, const GptConfig& config) {
  const std::optional<int64_t> width = GetInteger(metadata, kFeedForwardLength);
  if (width && *width != 4 * config.emb_dim) {
    return absl::UnimplementedError(absl::StrCat(kFeedForwardLength, " is ", *width, ", expected ",
                                                 4 * config.emb_dim, " (4 times the embedding)"));
  }
  const float* epsilon = GetValue<float>(metadata, kEpsilonKey);
  if (epsilon != nullptr && !(std::abs(*epsilon - kEpsilon) < 1e-9f)) {
    return absl::UnimplementedError(
        absl::StrCat(kEpsilonKey, " is ", *epsilon, ", expected ", kEpsilon));
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

absl::StatusOr<GptConfig> ReadConfig(const GgufContents& contents) {
  const GgufMetadata& metadata = contents.metadata;
  if (absl::Status s = CheckArchitecture(metadata); !s.ok()) return s;
  GptConfig config;
  for (const auto& [key, field] :
       {std::pair(kContextLength, &config.context_length),
        std::pair(kEmbeddingLength, &config.emb_dim), std::pair(kHeadCount, &config.n_heads),
        std::pair(kBlockCount, &config.n_layers)}) {
    if (absl::Status s = ReadSize(metadata, key, *field); !s.ok()) return s;
  }
  const GgufTensor* table = FindTensor(contents, "tok_emb.weight");
  if (table == nullptr) return absl::InvalidArgumentError("there is no tensor token_embd.weight");
  config.vocab_size = table->shape.front();
  config.qkv_bias = true;
  config.tie_weights = FindTensor(contents, "out_head.weight") == nullptr;
  if (absl::Status s = CheckGptConfig(config); !s.ok()) return s;
  if (absl::Status s = CheckFixed(metadata, config); !s.ok()) return s;
  return config;
}

}  // namespace

GgufMetadata GptToGguf(const GptConfig& config, const std::string& name, DType dtype) {
  const auto size = [](int64_t n) { return static_cast<uint32_t>(n); };
  GgufMetadata metadata = {
      {kArchitecture, std::string(kGpt2)},
      {"general.type", std::string("model")},
      {"general.name", name},
      {"general.alignment", uint32_t{32}},
      {"general.file_type", FileType(dtype)},
      {"gpt2.vocab_size", size(config.vocab_size)},
      {kContextLength, size(config.context_length)},
      {kEmbeddingLength, size(config.emb_dim)},
      {kFeedForwardLength, size(4 * config.emb_dim)},
      {kBlockCount, size(config.n_layers)},
      {kHeadCount, size(config.n_heads)},
      {kEpsilonKey, kEpsilon},
      {"tokenizer.ggml.model", std::string("none")},
  };
  // The version of ggml's block types.
  if (DTypeBlock(dtype) > 1) metadata.push_back({"general.quantization_version", uint32_t{2}});
  return metadata;
}

absl::StatusOr<GptConfig> GptFromGguf(const GgufContents& contents, const std::string& path) {
  absl::StatusOr<GptConfig> config = ReadConfig(contents);
  if (config.ok()) return config;
  return absl::Status(config.status().code(), absl::StrCat(path, ": ", config.status().message()));
}

}  // namespace gokart
