// How long the workshop's jobs take on a machine, from what it can do at most.
//
//     const Ceilings ceilings = {.matmul_gflops = 340, .read_gb_per_second = 28};
//     TrainingStepSeconds(kGpt2Small, 4, 256, ceilings);   // about 3 s

#ifndef GOKART_CH01_SETUP_ESTIMATES_H_
#define GOKART_CH01_SETUP_ESTIMATES_H_

#include <cstdint>

namespace gokart {

/// With all threads; see tensor/kernels/ceilings.h.
struct Ceilings {
  double matmul_gflops = 0;
  double read_gb_per_second = 0;
};

/// What counts for speed in a GPT: V (vocabulary), C (embedding), L (layers), and the longest
/// context.
struct GptSize {
  int64_t vocab_size, emb_dim, num_layers, context_length;
};
inline constexpr GptSize kGpt2Small = {50257, 768, 12, 1024};
inline constexpr GptSize kGpt2Xl = {50257, 1600, 48, 1024};

/// Parameters of a GPT-2 with query, key and value biases, its output head tied to the embedding or
/// a matrix of its own.
int64_t NumParameters(const GptSize& size, bool tied);

/// Floating-point operations to train on one token in a sequence of T: the matrix products of the
/// forward pass and twice as many backward; a causal attention computes half of the T x T scores.
double TrainingFlopsPerToken(const GptSize& size, int64_t T);

/// Share of the matrix-product ceiling that training is expected to reach.
inline constexpr double kTrainingShare = 0.8;

/// One step on B sequences of T tokens: the arithmetic at kTrainingShare of the ceiling, then
/// AdamW, which reads weight, gradient and two averages and writes all but the gradient, at the
/// speed of memory.
double TrainingStepSeconds(const GptSize& size, int64_t B, int64_t T, const Ceilings& ceilings);

/// The least time for one new token when all that came before is cached: every weight is read once.
/// `bytes_per_weight` is 4 for float32.
double DecodeSeconds(const GptSize& size, double bytes_per_weight, const Ceilings& ceilings);

}  // namespace gokart

#endif  // GOKART_CH01_SETUP_ESTIMATES_H_
