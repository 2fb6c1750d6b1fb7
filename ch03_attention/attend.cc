#include "ch03_attention/attend.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch03_attention/attention_picture.h"
#include "ch03_attention/causal_attention.h"
#include "ch03_attention/multi_head_attention.h"
#include "ch03_attention/self_attention.h"
#include "ch03_attention/simplified_self_attention.h"
#include "ch03_attention/tour_page.h"
#include "tensor/ops/layout.h"
#include "workshop/section.h"

namespace gokart {
namespace {

// A sequence as a batch of one, and back.
Tensor Batch(const Tensor& x) { return ops::Reshape(x, {1, x.dim(0), x.dim(1)}); }
Tensor Unbatch(const Tensor& x) { return ops::Select(x, 0, 0); }

Attended ComputeMultiHead(const Tensor& x, const AttentionConfig& config) {
  const MultiHeadAttention attention(config);
  const Tensor weights = Unbatch(attention.AttentionWeights(Batch(x)));  // [H, T, T]
  Attended result = {{}, Unbatch(attention.Forward(Batch(x))), true};
  for (int64_t h = 0; h < config.num_heads; ++h) {
    result.weights.push_back(ops::Select(weights, 0, h));
  }
  return result;
}

}  // namespace

absl::StatusOr<Attended> ComputeAttention(const Tensor& x, const AttendCommandOptions& options) {
  const NoGrad no_grad;
  const int64_t d_in = x.dim(1), d_out = options.d_out == 0 ? d_in : options.d_out;
  const AttentionConfig config = {
      .d_in = d_in, .d_out = d_out, .context_length = x.dim(0), .num_heads = options.num_heads};
  if (options.mechanism == "simplified") {
    if (d_out != d_in) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "simplified attention mixes the inputs themselves: it cannot make %d numbers of %d",
          d_out, d_in));
    }
    return Attended{{SimplifiedAttentionWeights(x)}, SimplifiedSelfAttention(x), false};
  }
  if (options.mechanism == "self") {
    const SelfAttentionV2 attention(d_in, d_out);
    return Attended{{attention.AttentionWeights(x)}, attention.Forward(x), false};
  }
  if (options.mechanism == "causal") {
    const CausalAttention attention(config);
    return Attended{{Unbatch(attention.AttentionWeights(Batch(x)))},
                    Unbatch(attention.Forward(Batch(x))),
                    true};
  }
  if (options.mechanism == "multi_head") {
    if (options.num_heads < 1 || d_out % options.num_heads != 0) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%d heads cannot share %d numbers evenly", options.num_heads, d_out));
    }
    return ComputeMultiHead(x, config);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "no mechanism \"", options.mechanism, "\"; there are: simplified, self, causal, multi_head"));
}

absl::Status Attend(const TokenVectors& tokens, const AttendCommandOptions& options) {
  const absl::StatusOr<Attended> result = ComputeAttention(tokens.vectors, options);
  if (!result.ok()) return result.status();
  TourPage page({.folder = options.folder});
  const size_t num_heads = result->weights.size();
  for (size_t h = 0; h < num_heads; ++h) {
    const std::string title =
        num_heads == 1 ? absl::StrCat("Attention weights: ", options.mechanism)
                       : absl::StrFormat("Attention weights: head %d of %d", h + 1, num_heads);
    page.Picture(AttentionPicture(title, tokens.tokens, result->weights[h],
                                  result->causal ? Future::kHidden : Future::kShown),
                 num_heads == 1 ? "weights" : absl::StrFormat("weights_head_%d", h + 1));
  }
  page.Show("Context vectors:", result->context, tokens.tokens, {});
  return page.FinishPictures();
}

}  // namespace gokart
