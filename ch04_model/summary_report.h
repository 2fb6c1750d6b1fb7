// A page about one model: its parts, its size, what it costs, as text.
//
//   std::cout << SummaryReport("gpt2-small", config, {.batch_size = 4, .num_tokens = 1024});
#ifndef GOKART_CH04_MODEL_SUMMARY_REPORT_H_
#define GOKART_CH04_MODEL_SUMMARY_REPORT_H_

#include <cstdint>
#include <string>

#include "ch04_model/gpt_config.h"

namespace gokart {

struct SummaryOptions {
  int64_t batch_size = 4;
  int64_t num_tokens = 1024;  ///< of each sequence, at most config.context_length
};

/// Everything below, one under the other.
std::string SummaryReport(const std::string& name, const GptConfig& config,
                          const SummaryOptions& options);

/// Each part with its parameters, its share of them, and its multiply-adds per token.
std::string PartsTable(const GptConfig& config, int64_t num_tokens);
/// Parameters, bytes and FLOPs, with a head of its own and with tied weights.
std::string TyingTable(const GptConfig& config, int64_t num_tokens);
/// What a training step keeps in memory.
std::string MemoryTable(const GptConfig& config, const SummaryOptions& options);
/// The model with each kind of attention: parameters, FLOPs per token of a sequence of
/// `num_tokens`, what one such sequence keeps for generating and for training.
std::string AttentionKindsTable(const GptConfig& config, int64_t num_tokens);
/// The sizes of NamedGptConfigs(), one on each line: parameters with and without tied weights,
/// bytes.
std::string NamedConfigsTable();
/// And what a token costs at the full context, on average: multiply-adds (MACs) of the linear
/// layers and of all products, forward, and FLOPs of training.
std::string NamedConfigsCostTable();

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_SUMMARY_REPORT_H_
