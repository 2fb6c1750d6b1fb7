#include "ch05_pretrain/convert_command.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch04_model/model_summary.h"
#include "ch05_pretrain/trained_model.h"
#include "ch05_pretrain/weights/export/export_model.h"
#include "ch05_pretrain/weights/load_model.h"
#include "ch05_pretrain/weights/open_weights.h"
#include "workshop/human.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;

// Of a file, or of the weights in a folder.
std::string SizeText(const fs::path& path) {
  std::error_code error;
  const uintmax_t size =
      fs::file_size(fs::is_directory(path, error) ? path / "model.safetensors" : path, error);
  return error ? "?" : FormatBytes(static_cast<double>(size));
}

// As for training, so that the configuration keeps its rates of dropout.
absl::StatusOr<TrainedModel> Load(const ConvertOptions& options) {
  if (options.tokenizer != "none") {
    return LoadTrainedModel(
        options.in,
        {.trainable = true, .tokenizer = options.tokenizer, .n_heads = options.n_heads});
  }
  absl::StatusOr<WeightFile> file = OpenWeights(options.in);
  if (!file.ok()) return file.status();
  TrainedModel trained = {.format = file->format};
  absl::StatusOr<LoadedModel> loaded =
      LoadModel(*std::move(file), {.trainable = true, .n_heads = options.n_heads});
  if (!loaded.ok()) return loaded.status();
  trained.model = std::move(loaded->model);
  trained.notes = std::move(loaded->notes);
  return trained;
}

}  // namespace

absl::StatusOr<std::string> Convert(const ConvertOptions& options) {
  const absl::StatusOr<ExportFormat> format =
      options.format.empty() ? ExportFormatOfName(options.out) : ParseExportFormat(options.format);
  if (!format.ok()) return format.status();
  const absl::StatusOr<DType> dtype = ParseExportType(options.dtype);
  if (!dtype.ok()) return dtype.status();
  const absl::StatusOr<TrainedModel> in = Load(options);
  if (!in.ok()) return in.status();
  const absl::Status written =
      ExportModel(*in->model, in->tokenizer.get(), *format, *dtype, options.out);
  if (!written.ok()) return written;
  std::string text = absl::StrCat(
      options.in, " (", in->format, ", ", NumParameters(in->model->config), " parameters) -> ",
      options.out, " (", std::string(DTypeName(*dtype)), ", ", SizeText(options.out), ")\n");
  for (const std::string& note : in->notes) absl::StrAppend(&text, "Note: ", note, "\n");
  return text;
}

}  // namespace gokart
