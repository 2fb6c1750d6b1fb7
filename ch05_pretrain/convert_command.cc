#include "ch05_pretrain/convert_command.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch04_model/model_summary.h"
#include "ch05_pretrain/trained_model.h"
#include "ch05_pretrain/weights/export/export_model.h"
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

}  // namespace

absl::StatusOr<std::string> Convert(const ConvertOptions& options) {
  const absl::StatusOr<ExportFormat> format =
      options.format.empty() ? ExportFormatOfName(options.out) : ParseExportFormat(options.format);
  if (!format.ok()) return format.status();
  const absl::StatusOr<DType> dtype = ParseExportType(options.dtype);
  if (!dtype.ok()) return dtype.status();
  const bool with_tokenizer = options.tokenizer != "none";
  // As for training, so that the configuration keeps its rates of dropout.
  const absl::StatusOr<TrainedModel> in =
      LoadTrainedModel(options.in, {.trainable = true,
                                    .tokenizer = with_tokenizer ? options.tokenizer : "",
                                    .with_tokenizer = with_tokenizer,
                                    .n_heads = options.n_heads});
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
