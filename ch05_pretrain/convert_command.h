// The subcommand convert: a model from any format that --weights takes into one of those that other
// programs read.
#ifndef GOKART_CH05_PRETRAIN_CONVERT_COMMAND_H_
#define GOKART_CH05_PRETRAIN_CONVERT_COMMAND_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace gokart {

struct ConvertOptions {
  std::string in;      ///< what LoadTrainedModel takes
  std::string out;     ///< a file or, for Hugging Face, a folder
  std::string format;  ///< hf, safetensors, pth, gguf; empty: by the ending of `out`
  std::string dtype = "float32";
  /// As LoadTokenizer takes it. Empty: the one that the weights came with; "none": the model alone.
  std::string tokenizer;
  /// For weights without a configuration, as in LoadOptions.
  std::optional<int64_t> n_heads = {};
};

/// Converts and says in a few words what was made of what. Errors: those of LoadTrainedModel and
/// ExportModel; a name of a format or type that there is none of.
absl::StatusOr<std::string> Convert(const ConvertOptions& options);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_CONVERT_COMMAND_H_
