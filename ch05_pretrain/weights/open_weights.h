// Opens files with weights; which format they have is found by looking into them.
//
//   absl::StatusOr<WeightFile> file = OpenWeights("gpt2/124M");  // OpenAI's folder
//   if (!file.ok()) return file.status();
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_OPEN_WEIGHTS_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_OPEN_WEIGHTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "ch05_pretrain/weights/weight_file.h"

namespace gokart {

/// Opens
///   a file: safetensors, an index of safetensors shards (model.safetensors.index.json), what
///     PyTorch's torch.save writes (.pth, .pt, .bin), GGUF, the index of a TensorFlow V2
///     checkpoint;
///   a TensorFlow checkpoint by its prefix, as TensorFlow's own programs do (124M/model.ckpt);
///   a folder: of a run of this program, of OpenAI's (with `checkpoint`), of Hugging Face's (with
///     model.safetensors, its index, or pytorch_model.bin), or with one of the files above alone.
/// The configuration comes from the file's metadata or from config.json or hparams.json beside it.
/// Only the tables of contents are read, not the tensors; VerifyChecksums() looks at those.
/// Errors name file, offset and reason: no such file, no known format, everything that the format
/// forbids, a configuration that no GPT-2 has.
absl::StatusOr<WeightFile> OpenWeights(const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_OPEN_WEIGHTS_H_
