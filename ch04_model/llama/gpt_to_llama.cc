#include "ch04_model/llama/gpt_to_llama.h"

#include <functional>

#include "ch03_attention/variants/grouped_query_attention.h"

namespace gokart {

DecoderSizes SizesOf(const GptConfig& c) {
  const bool grouped = c.attention == "gqa";
  return {.vocab_size = c.vocab_size,
          .context_length = c.context_length,
          .emb_dim = c.emb_dim,
          .n_heads = c.n_heads,
          .n_kv_groups =
              grouped ? c.n_kv_groups.value_or(GroupedQueryAttention::DefaultGroups(c.n_heads))
                      : c.n_heads,
          .n_layers = c.n_layers,
          .hidden_dim = 4 * c.emb_dim,
          .qkv_bias = c.qkv_bias,
          .other_biases = true,
          .norm_shift = true,
          .position_table = LearnsPositions(c),
          .tie_weights = c.tie_weights};
}

DecoderSizes SizesOf(const LlamaConfig& c) {
  return {.vocab_size = c.vocab_size,
          .context_length = c.context_length,
          .emb_dim = c.emb_dim,
          .n_heads = c.n_heads,
          .n_kv_groups = c.n_kv_groups,
          .n_layers = c.n_layers,
          .hidden_dim = c.hidden_dim,
          .gated = true,
          .tie_weights = c.tie_weights};
}

int64_t LinearMacsPerToken(const DecoderSizes& s) {
  const int64_t c = s.emb_dim, kv = s.n_kv_groups * (c / s.n_heads);
  const int64_t attention = 2 * c * c + 2 * c * kv;
  const int64_t feed_forward = (s.gated ? 3 : 2) * c * s.hidden_dim;
  return s.n_layers * (attention + feed_forward) + s.vocab_size * c;
}

int64_t NumParameters(const DecoderSizes& s) {
  const int64_t c = s.emb_dim, kv = s.n_kv_groups * (c / s.n_heads);
  int64_t biases = s.qkv_bias ? c + 2 * kv : 0;
  if (s.other_biases) biases += c + (s.gated ? 2 : 1) * s.hidden_dim + c;
  const int64_t norm = (s.norm_shift ? 2 : 1) * c;
  const int64_t tables = (s.tie_weights ? 0 : s.vocab_size) +  // the head is among the products
                         (s.position_table ? s.context_length : 0);
  return LinearMacsPerToken(s) + s.n_layers * (biases + 2 * norm) + norm + tables * c;
}

int64_t CacheBytes(const DecoderSizes& s, int64_t num_tokens) {
  constexpr int64_t kBytes = 2;
  return 2 * kBytes * s.n_layers * s.n_kv_groups * (s.emb_dim / s.n_heads) * num_tokens;
}

std::vector<ConversionStep> GptToLlama() {
  DecoderSizes now = SizesOf(GptConfig{
      .emb_dim = 4096, .n_heads = 32, .n_layers = 32, .qkv_bias = true, .tie_weights = true});
  std::vector<ConversionStep> steps;
  const auto add = [&](const std::string& change, const std::function<void()>& make,
                       const std::string& model = "") {
    make();
    steps.push_back({change, now, model});
  };
  add("GPT-2, but 4096 wide and 32 blocks deep", [] {});
  add("no biases, no dropout", [&] { now.qkv_bias = now.other_biases = false; });
  add("LayerNorm -> RMSNorm", [&] { now.norm_shift = false; });
  add("table of positions -> RoPE", [&] { now.position_table = false; });
  add("GELU, 16384 -> SwiGLU, 11008", [&] { now.gated = true, now.hidden_dim = 11008; });
  add("tied head -> head of its own", [&] { now.tie_weights = false; });
  add(
      "50,257 tokens -> 32,000; context 1024 -> 4096",
      [&] { now.vocab_size = 32000, now.context_length = 4096; }, "Llama 2 7B");
  add("RoPE's base 10,000 -> 500,000; context 8192", [&] { now.context_length = 8192; });
  add("32 heads of keys and values -> 8", [&] { now.n_kv_groups = 8; });
  add("SwiGLU 11008 -> 14336", [&] { now.hidden_dim = 14336; });
  add(
      "32,000 tokens -> 128,256", [&] { now.vocab_size = 128256; }, "Llama 3 8B");
  add(
      "RoPE scaled by 8; context 131,072", [&] { now.context_length = 131072; }, "Llama 3.1 8B");
  add("2048 wide, 16 blocks, SwiGLU 8192, scaled by 32",
      [&] { now.emb_dim = 2048, now.n_layers = 16, now.hidden_dim = 8192; });
  add(
      "head of its own -> tied", [&] { now.tie_weights = true; }, "Llama 3.2 1B");
  return steps;
}

}  // namespace gokart
