// A Llama by its formulas: plain loops in double precision, for tests to compare with. Shares no
// code with the layers.
//
//   LlamaWeights weights = WeightsOf(model);
//   std::vector<double> logits = ReferenceLlama(config, weights, ids, /*batch=*/2);
#ifndef GOKART_CH04_MODEL_LLAMA_TESTING_REFERENCE_LLAMA_H_
#define GOKART_CH04_MODEL_LLAMA_TESTING_REFERENCE_LLAMA_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ch04_model/llama/llama_config.h"
#include "tensor/nn/module.h"

namespace gokart {

/// A model's parameters by their names, row-major.
using LlamaWeights = std::map<std::string, std::vector<double>>;
LlamaWeights WeightsOf(const Module& model);

/// Logits [batch, T, V] for ids [batch, T].
std::vector<double> ReferenceLlama(const LlamaConfig& config, const LlamaWeights& weights,
                                   const std::vector<int32_t>& ids, int64_t batch);

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_LLAMA_TESTING_REFERENCE_LLAMA_H_
