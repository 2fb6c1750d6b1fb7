// The subcommand `attend`: each of the chapter's mechanisms on tokens of your own.
//
//   absl::Status status = Attend(tokens, {.mechanism = "multi_head", .d_out = 8, .num_heads = 2});
#ifndef GOKART_CH03_ATTENTION_ATTEND_H_
#define GOKART_CH03_ATTENTION_ATTEND_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch03_attention/token_vectors.h"
#include "tensor/tensor.h"

namespace gokart {

struct AttendCommandOptions {
  std::string mechanism = "causal";  ///< simplified, self, causal or multi_head
  int64_t d_out = 0;                 ///< width of the context vectors; 0: that of the inputs
  int64_t num_heads = 2;             ///< for multi_head
  std::string folder;                ///< for the pictures; empty: none
};

/// What a mechanism makes of tokens.
struct Attended {
  std::vector<Tensor> weights;  ///< [T, T] for each head
  Tensor context;               ///< [T, d_out]
  bool causal;                  ///< whether tokens see only what came before
};

/// Computes with weights drawn from GlobalGenerator(), without dropout. Errors: no such mechanism,
/// sizes that do not fit it.
absl::StatusOr<Attended> ComputeAttention(const Tensor& vectors,
                                          const AttendCommandOptions& options);

/// Computes, prints the weights as heat maps and the context vectors as numbers, and draws pictures
/// into the folder.
absl::Status Attend(const TokenVectors& tokens, const AttendCommandOptions& options);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_ATTEND_H_
