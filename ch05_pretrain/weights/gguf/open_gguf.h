// A GPT-2 in a GGUF file, as OpenWeights gives it: in place, under the workshop's names.
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_OPEN_GGUF_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_OPEN_GGUF_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "ch05_pretrain/weights/weight_file.h"

namespace gokart {

/// Whether the bytes begin as a GGUF file does.
bool IsGguf(std::span<const std::byte> bytes);

/// The tensors have the workshop's names, attn_qkv as its three parts, and lie in the map; those
/// that no GPT-2 has keep their names. The configuration comes from the metadata. Errors: those of
/// ParseGguf and GptFromGguf, and tensors of types that only other programs read.
absl::StatusOr<WeightFile> OpenGguf(const std::string& path);

/// The same from a file in memory, which must outlive the result.
absl::StatusOr<WeightFile> ReadGguf(std::span<const std::byte> bytes, const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_OPEN_GGUF_H_
