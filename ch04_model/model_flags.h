// Flags for the sizes and switches of a model, for binaries that make one:
//
//   absl::StatusOr<GptConfig> base = FindGptConfig(absl::GetFlag(FLAGS_model));
//   if (!base.ok()) return base.status();
//   absl::StatusOr<GptConfig> config = ConfigFromFlags(*base);  // --n_layers=2 and so on
//
// The flag --model itself, whose default differs from binary to binary, is not among them.
#ifndef GOKART_CH04_MODEL_MODEL_FLAGS_H_
#define GOKART_CH04_MODEL_MODEL_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ch04_model/gpt_config.h"

namespace gokart {

/// The names of the flags, one for each field of a GptConfig, for Command::flags.
std::vector<std::string> ModelFlagNames();

/// `base` with the fields that were given as flags. Error: the result is refused by CheckGptConfig.
absl::StatusOr<GptConfig> ConfigFromFlags(const GptConfig& base);

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_MODEL_FLAGS_H_
