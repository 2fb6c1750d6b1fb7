// One attention layer at work, to be timed: what the benchmark and the comparison share, so that
// every variant is measured the same way.
//
//   AttentionWork work({.attention = "gqa", .config = config, .batch = 8, .tokens = 1024},
//                      AttentionPass::kTraining);
//   work.Run();                       // once, to warm up
//   const double seconds = work.Run();
//   work.flops() / seconds;           // of the products that the formula needs
#ifndef GOKART_CH03_ATTENTION_MEASURE_ATTENTION_H_
#define GOKART_CH03_ATTENTION_MEASURE_ATTENTION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ch03_attention/attention_config.h"
#include "ch03_attention/attention_layer.h"
#include "ch03_attention/make_attention.h"
#include "tensor/tensor.h"

namespace gokart {

enum class AttentionPass {
  kForward,   ///< all tokens, nothing recorded
  kTraining,  ///< forward and backward: gradients of the input and of all weights
  kDecode,    ///< one more token for each sequence, whose tokens before it are in caches
};

struct AttentionProblem {
  std::string attention = "fused";  ///< one of AttentionKinds()
  AttentionConfig config = {};      ///< context_length and layer are chosen to fit
  int64_t batch = 1;
  int64_t tokens = 1024;  ///< of each sequence; for kDecode the last of them is the new one
};

/// A kind whose layers differ (alternating ones) is made once for each, and counts as the mean of
/// them.
class AttentionWork {
 public:
  /// Throws std::invalid_argument as MakeAttention does.
  AttentionWork(const AttentionProblem& problem, AttentionPass pass);

  /// Does it once; the seconds that it took. For kDecode, the sequences grow by a token, up to some
  /// dozens, and then begin anew, which is not timed.
  double Run();

  /// Of one run: the multiplications and additions that the formula needs, three times forward's
  /// for training. What is computed in vain, or again in backward, does not count.
  double flops() const { return flops_; }
  /// The most memory that the last run took at one time, besides weights, input and caches.
  int64_t peak_bytes() const { return peak_bytes_; }
  /// What decoding keeps of one sequence of `tokens`, by the formula.
  double cache_bytes() const { return cache_bytes_; }

 private:
  struct Layer {
    std::unique_ptr<AttentionLayer> attention;
    std::vector<std::unique_ptr<AttentionCache>> caches;
  };
  double RunLayer(Layer& layer);
  void FillCaches(Layer& layer);

  AttentionProblem problem_;
  AttentionPass pass_;
  std::vector<Layer> layers_;
  Tensor x_, seed_, token_;
  double flops_ = 0, cache_bytes_ = 0;
  int64_t peak_bytes_ = 0;
};

/// The costs of one layer of a kind for one sequence: the mean over its layers where they differ.
AttentionCosts MeanCosts(const AttentionKind& kind, AttentionConfig config, int64_t num_tokens);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_MEASURE_ATTENTION_H_
