#include "ch05_pretrain/weights/export/export_model.h"

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/gpt2_format.h"
#include "ch05_pretrain/weights/export/gpt_tensors.h"
#include "ch05_pretrain/weights/export/huggingface_config.h"
#include "ch05_pretrain/weights/export/side_file.h"
#include "ch05_pretrain/weights/export/torch_writer.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/gguf/gguf_gpt.h"
#include "ch05_pretrain/weights/gguf/gguf_vocabulary.h"
#include "nlohmann/json.hpp"
#include "tensor/safetensors.h"
#include "workshop/file.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;

std::string FolderOf(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

// Tensors by name, encoded when a writer asks for one.
class Encoder {
 public:
  explicit Encoder(const std::vector<TensorToWrite>& tensors) {
    for (const TensorToWrite& tensor : tensors) by_name_[tensor.name] = &tensor;
  }

  // The bytes stay until the next call.
  absl::StatusOr<std::span<const std::byte>> Encode(const std::string& name) {
    absl::StatusOr<std::vector<std::byte>> bytes = EncodeTensor(*by_name_.at(name));
    if (!bytes.ok()) return bytes.status();
    bytes_ = *std::move(bytes);
    return std::span<const std::byte>(bytes_);
  }

 private:
  std::map<std::string, const TensorToWrite*> by_name_;
  std::vector<std::byte> bytes_;
};

absl::Status WriteTensors(const std::string& path, const std::vector<TensorToWrite>& tensors,
                          const SafetensorsMetadata& metadata) {
  std::vector<StoredTensor> entries;
  for (const TensorToWrite& t : tensors) entries.push_back({t.name, t.dtype, t.shape, {}});
  Encoder encoder(tensors);
  return WriteSafetensors(path, std::move(entries), metadata,
                          [&](const StoredTensor& t) { return encoder.Encode(t.name); });
}

// What transformers asks for before it reads a file.
SafetensorsMetadata HuggingFaceMetadata() { return {{"format", "pt"}}; }

const BpeTokenizer* AsBpe(const Tokenizer* tokenizer) {
  return dynamic_cast<const BpeTokenizer*>(tokenizer);
}

// The names by which a folder's tokenizer is found (ch05_pretrain/run_tokenizer.h).
const char* TokenizerFile(const Tokenizer& tokenizer) {
  return AsBpe(&tokenizer) != nullptr ? "/tokenizer.json" : "/tokenizer.model";
}

absl::Status WriteTokenizerFiles(const GptConfig& config, const Tokenizer* tokenizer,
                                 const std::string& folder) {
  if (tokenizer == nullptr) return absl::OkStatus();
  if (absl::Status s = tokenizer->Save(folder + TokenizerFile(*tokenizer)); !s.ok()) return s;
  const BpeTokenizer* bpe = AsBpe(tokenizer);
  if (bpe == nullptr) return absl::OkStatus();
  if (absl::Status s = SaveGpt2(bpe->vocabulary(), folder + "/vocab.json", folder + "/merges.txt");
      !s.ok()) {
    return s;
  }
  const nlohmann::json json =
      HuggingFaceTokenizerConfig(config, tokenizer->EndOfText().has_value());
  return WriteFile(folder + "/tokenizer_config.json", json.dump(2) + "\n");
}

absl::Status WriteHuggingFace(const GPTModel& model, const Tokenizer* tokenizer, DType dtype,
                              const std::string& folder) {
  if (absl::Status s = MakeFolders(folder); !s.ok()) return s;
  if (absl::Status s = WriteTokenizerFiles(model.config, tokenizer, folder); !s.ok()) return s;
  const std::optional<int32_t> end = tokenizer == nullptr ? std::nullopt : tokenizer->EndOfText();
  const nlohmann::json config = HuggingFaceConfig(model.config, dtype, end);
  if (absl::Status s = WriteFile(folder + "/config.json", config.dump(2) + "\n"); !s.ok()) {
    return s;
  }
  return WriteTensors(folder + "/model.safetensors", HuggingFaceTensors(model, dtype),
                      HuggingFaceMetadata());
}

absl::Status WriteTokenizerBeside(const Tokenizer* tokenizer, const std::string& path) {
  if (tokenizer == nullptr) return absl::OkStatus();
  return WriteSideFile(FolderOf(path) + TokenizerFile(*tokenizer),
                       [&](const std::string& side) { return tokenizer->Save(side); });
}

absl::Status WriteOneSafetensors(const GPTModel& model, const Tokenizer* tokenizer, DType dtype,
                                 const std::string& path) {
  if (absl::Status s = WriteTokenizerBeside(tokenizer, path); !s.ok()) return s;
  GptConfig config = model.config;
  config.qkv_bias = true;  // zeros, if the model has none
  SafetensorsMetadata metadata = HuggingFaceMetadata();
  metadata["config"] = GptConfigToJson(config).dump();
  return WriteTensors(path, HuggingFaceTensors(model, dtype), metadata);
}

absl::Status WriteWorkshop(const GPTModel& model, const Tokenizer* tokenizer, DType dtype,
                           const std::string& path) {
  if (absl::Status s = WriteTokenizerBeside(tokenizer, path); !s.ok()) return s;
  const std::string config = GptConfigToJson(model.config).dump(2) + "\n";
  if (absl::Status s =
          WriteSideFile(FolderOf(path) + "/config.json",
                        [&](const std::string& side) { return WriteFile(side, config); });
      !s.ok()) {
    return s;
  }
  return WriteTorch(path, WorkshopTensors(model, dtype));
}

absl::Status WriteOneGguf(const GPTModel& model, const Tokenizer* tokenizer, DType dtype,
                          const std::string& path) {
  const std::string name = fs::path(path).stem().string();
  GgufMetadata metadata = GptToGguf(model.config, name, dtype);
  if (const BpeTokenizer* bpe = AsBpe(tokenizer)) {
    const absl::Status s = VocabularyToGguf(bpe->vocabulary(), model.config.vocab_size, metadata);
    if (!s.ok()) return absl::Status(s.code(), absl::StrCat(path, ": ", s.message()));
  } else if (tokenizer != nullptr) {
    return absl::UnimplementedError(
        absl::StrCat(path, ": llama.cpp's gpt2 needs a byte-level BPE, which the tokenizer ",
                     tokenizer->name(), " is not"));
  }
  const std::vector<TensorToWrite> tensors = GgufTensors(model, dtype);
  std::vector<GgufTensor> entries;
  for (const TensorToWrite& t : tensors) {
    entries.push_back({t.name, GgmlTypeOf(t.dtype), t.shape});
  }
  Encoder encoder(tensors);
  return WriteGguf(path, metadata, entries,
                   [&](const GgufTensor& t) { return encoder.Encode(t.name); });
}

template <typename T>
struct Named {
  const char* name;
  T value;
};

constexpr Named<ExportFormat> kFormats[] = {
    {"hf", ExportFormat::kHuggingFace},
    {"safetensors", ExportFormat::kSafetensors},
    {"pth", ExportFormat::kTorch},
    {"gguf", ExportFormat::kGguf},
};

constexpr Named<DType> kTypes[] = {
    {"float32", DType::kF32}, {"float16", DType::kF16}, {"bfloat16", DType::kBF16},
    {"q8_0", DType::kQ8_0},   {"q4_0", DType::kQ4_0},   {"q8", DType::kQ8_0},
    {"q4", DType::kQ4_0},
};

}  // namespace

absl::StatusOr<ExportFormat> ParseExportFormat(const std::string& name) {
  for (const auto& [known, format] : kFormats) {
    if (name == known) return format;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no format \"", name, "\"; there are: hf, safetensors, pth, gguf"));
}

absl::StatusOr<ExportFormat> ExportFormatOfName(const std::string& path) {
  const fs::path whole(path);
  if (!whole.has_filename() || !whole.has_extension()) return ExportFormat::kHuggingFace;
  const std::string ending = whole.extension().string().substr(1);
  if (ending == "pt") return ExportFormat::kTorch;
  const absl::StatusOr<ExportFormat> format = ParseExportFormat(ending);
  if (format.ok() && *format != ExportFormat::kHuggingFace) return format;
  return absl::InvalidArgumentError(absl::StrCat(
      path,
      ": which format? Expected a name that ends in .gguf, .safetensors, .pth or .pt, or in "
      "nothing for a folder of Hugging Face's"));
}

absl::StatusOr<DType> ParseExportType(const std::string& name) {
  for (const auto& [known, dtype] : kTypes) {
    if (name == known) return dtype;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "no type of numbers \"", name, "\"; there are: float32, float16, bfloat16, q8_0, q4_0"));
}

absl::Status ExportModel(const GPTModel& model, const Tokenizer* tokenizer, ExportFormat format,
                         DType dtype, const std::string& path) {
  if (DTypeBlock(dtype) > 1 && format != ExportFormat::kGguf) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": only GGUF files have ", DTypeName(dtype), "; others float32, float16, bfloat16"));
  }
  switch (format) {
    case ExportFormat::kHuggingFace:
      return WriteHuggingFace(model, tokenizer, dtype, path);
    case ExportFormat::kSafetensors:
      return WriteOneSafetensors(model, tokenizer, dtype, path);
    case ExportFormat::kTorch:
      return WriteWorkshop(model, tokenizer, dtype, path);
    case ExportFormat::kGguf:
      return WriteOneGguf(model, tokenizer, dtype, path);
  }
  return absl::InternalError("ExportModel: no such format");
}

}  // namespace gokart
