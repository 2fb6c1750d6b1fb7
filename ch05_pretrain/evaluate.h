// How well a model predicts a long text, window by window.
//
//   TextScore score = Evaluate(model, ids, {.stride = 512});
//   score.loss;                    // nats per token
//   BitsPerByte(score, num_bytes); // comparable between tokenizers
#ifndef GOKART_CH05_PRETRAIN_EVALUATE_H_
#define GOKART_CH05_PRETRAIN_EVALUATE_H_

#include <cstdint>
#include <functional>
#include <span>

#include "ch04_model/gpt_model.h"

namespace gokart {

struct EvaluateOptions {
  /// Tokens from one window to the next; 0: the context length. Smaller ones are slower and give
  /// every token more context: in all windows but the first only the last `stride` tokens count,
  /// and each of these has at least context_length - stride tokens before it.
  int64_t stride = 0;
  /// Called after each batch of windows with how many tokens are scored; false ends the evaluation.
  std::function<bool(int64_t scored)> on_progress = nullptr;
};

struct TextScore {
  int64_t tokens = 0;  ///< that were scored: all but the first
  double loss = 0;     ///< the mean of -log p over them, in nats
};

/// Scores ids[1..], each once, given the tokens before it in its window. Hugging Face's "strided
/// perplexity", but for the window's first token: here a window of context_length inputs scores as
/// many tokens, the last of which lies behind it. Evaluation mode, no tape. Throws
/// std::invalid_argument for fewer than two ids, or a stride that is negative or larger than the
/// context length.
TextScore Evaluate(GPTModel& model, std::span<const int32_t> ids,
                   const EvaluateOptions& options = {});

/// The loss of the whole text, spread over its bytes: loss * tokens / (bytes ln 2).
double BitsPerByte(const TextScore& score, int64_t bytes);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_EVALUATE_H_
