#include "ch05_pretrain/weights/gguf/gguf_gpt.h"

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/weights/gguf/gguf_config.h"
#include "ch05_pretrain/weights/gpt_config_file.h"

namespace gokart {
namespace {

using namespace gguf_keys;

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
      {kEpsilonKey, static_cast<float>(kLayerNormEpsilon)},
      {"tokenizer.ggml.model", std::string("none")},
  };
  // The version of ggml's block types.
  if (DTypeBlock(dtype) > 1) metadata.push_back({"general.quantization_version", uint32_t{2}});
  return metadata;
}

absl::StatusOr<GptConfig> GptFromGguf(const GgufContents& contents, const std::string& path) {
  const absl::StatusOr<PublisherConfig> said = ReadGgufConfig(contents, path);
  if (!said.ok()) return said.status();
  return GptConfigOf(*said, path);
}

}  // namespace gokart
