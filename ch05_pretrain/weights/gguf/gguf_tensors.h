// The tensors of a GGUF file as the parameters of a GPT-2.
//
//   absl::StatusOr<std::vector<StoredTensor>> tensors = GgufParameters(*contents, path);
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_TENSORS_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_TENSORS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "tensor/stored_tensor.h"

namespace gokart {

/// Under the workshop's names and where they lie, attn_qkv as its three parts; tensors that no
/// GPT-2 has keep their names. Errors name `path`: types that only other programs read, an attn_qkv
/// that is not made of three equal parts.
absl::StatusOr<std::vector<StoredTensor>> GgufParameters(const GgufContents& contents,
                                                         const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_GGUF_GGUF_TENSORS_H_
