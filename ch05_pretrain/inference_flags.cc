#include "ch05_pretrain/inference_flags.h"

#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "tensor/quantized/weight_format.h"
#include "workshop/command_line.h"

ABSL_FLAG(
    std::string, weights, "",
    "A model: the folder of a run, or GPT-2's weights as OpenAI, Hugging Face or the workshop "
    "publish them (folder, .safetensors, .pth, TensorFlow checkpoint, .gguf).");
ABSL_FLAG(std::string, dtype, "float32",
          "How the weights are kept in memory (convert: in the file): float32, float16, bfloat16, "
          "q8 (8.5 bits a weight), "
          "q4 (4.5 bits) or nf4 (4.1 bits).");

namespace gokart {
namespace {

constexpr char kFloat32[] = "float32";

// Nothing for float32.
absl::StatusOr<std::optional<WeightFormat>> FormatFromFlags() {
  const std::string name = absl::GetFlag(FLAGS_dtype);
  if (name == kFloat32) return std::nullopt;
  const std::optional<WeightFormat> format = FindWeightFormat(name);
  if (format) return format;
  std::string known = kFloat32;
  for (const WeightFormatInfo& info : WeightFormats()) absl::StrAppend(&known, ", ", info.name);
  return absl::InvalidArgumentError(absl::StrCat("--dtype=", name, ": must be one of ", known));
}

}  // namespace

std::vector<std::string> InferenceFlags(const std::vector<std::string>& more) {
  std::vector<std::string> flags = {"weights", "dtype", "n_heads"};
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

absl::StatusOr<InferenceModel> LoadInferenceModel(bool with_tokenizer) {
  const auto start = std::chrono::steady_clock::now();
  const std::string path = absl::GetFlag(FLAGS_weights);
  if (path.empty()) {
    return absl::InvalidArgumentError(
        "--weights is missing: the folder of a run, or a file with a model");
  }
  const absl::StatusOr<std::optional<WeightFormat>> format = FormatFromFlags();
  if (!format.ok()) return format.status();
  LoadOptions options = {
      .with_tokenizer = with_tokenizer, .n_heads = absl::GetFlag(FLAGS_n_heads), .format = *format};
  if (FlagWasGiven("tokenizer")) options.tokenizer = absl::GetFlag(FLAGS_tokenizer);
  absl::StatusOr<TrainedModel> trained = LoadTrainedModel(path, options);
  if (!trained.ok()) return trained.status();
  for (const std::string& note : trained->notes) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), note.c_str());
  }
  trained->model->Eval();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return InferenceModel{*std::move(trained), seconds.count()};
}

}  // namespace gokart
