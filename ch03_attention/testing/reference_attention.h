// Every attention variant by its formula: plain loops in double precision, for tests to compare
// with. Shares no code with the layers.
//
//   Parameters p = ParametersOf(*layer);
//   std::vector<double> y = ReferenceAttention("gqa", config, p, x, /*batch=*/2);
#ifndef GOKART_CH03_ATTENTION_TESTING_REFERENCE_ATTENTION_H_
#define GOKART_CH03_ATTENTION_TESTING_REFERENCE_ATTENTION_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ch03_attention/attention_config.h"
#include "tensor/nn/module.h"

namespace gokart {

using Doubles = std::vector<double>;

/// A layer's parameters by their own names, row-major.
using Parameters = std::map<std::string, Doubles>;
Parameters ParametersOf(const Module& layer);

/// The output [batch, T, d_out] of the layer `kind` (its name in AttentionKinds()) for x [batch, T,
/// d_in], in evaluation. The config must say num_kv_groups, window and latent_dim.
Doubles ReferenceAttention(const std::string& kind, const AttentionConfig& config,
                           const Parameters& parameters, const Doubles& x, int64_t batch);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_TESTING_REFERENCE_ATTENTION_H_
