// A model and its tokenizer in the formats of other programs.
//
//   absl::StatusOr<ExportFormat> format = ExportFormatOfName("model.gguf");
//   absl::Status status = ExportModel(model, &tokenizer, *format, DType::kQ8_0, "model.gguf");
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_EXPORT_MODEL_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_EXPORT_MODEL_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/tokenizer.h"
#include "ch04_model/gpt_model.h"
#include "tensor/dtype.h"

namespace gokart {

enum class ExportFormat {
  /// A folder from which transformers' from_pretrained makes model and tokenizer:
  /// model.safetensors, config.json, tokenizer.json, vocab.json, merges.txt, tokenizer_config.json.
  kHuggingFace,
  /// model.safetensors of such a folder alone, under any name, with tokenizer.json beside it. The
  /// configuration is in its metadata.
  kSafetensors,
  /// What the workshop's programs load with torch.load and load_state_dict, with config.json (in
  /// the workshop's names) and tokenizer.json beside it.
  kTorch,
  /// One file for llama.cpp, with configuration and tokenizer.
  kGguf,
};

/// The format that somebody means: hf, safetensors, pth, gguf. Error: another name.
absl::StatusOr<ExportFormat> ParseExportFormat(const std::string& name);

/// The format by the ending of a path: .gguf, .safetensors, .pth or .pt; a path without an ending
/// is Hugging Face's folder. Error: another ending.
absl::StatusOr<ExportFormat> ExportFormatOfName(const std::string& path);

/// The type of numbers that somebody means: float32, float16, bfloat16, and (in GGUF only) q8_0 or
/// q4_0, also q8 and q4. Error: another name.
absl::StatusOr<DType> ParseExportType(const std::string& name);

/// Writes a model, tensor by tensor; each file appears whole
/// or not at all, those beside the weights first. `tokenizer` may be null: then no tokenizer is
/// written. Errors: of the disk; a type that the format lacks, or that can't hold a weight; files
/// beside the weights that are there with other content; for GGUF a tokenizer that is no byte-level
/// BPE, or has more tokens than the model.
absl::Status ExportModel(const GPTModel& model, const Tokenizer* tokenizer, ExportFormat format,
                         DType dtype, const std::string& path);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_EXPORT_EXPORT_MODEL_H_
