#include "ch06_classify/lora_file.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tensor/safetensors.h"
#include "workshop/file.h"
#include "workshop/json_file.h"
#include "workshop/sha256.h"

namespace gokart {
namespace {

constexpr char kWeights[] = "/adapter_model.safetensors";
constexpr char kConfig[] = "/adapter_config.json";
constexpr char kPrefix[] = "base_model.model.";
constexpr int64_t kMaxRank = 1 << 16;

bool BelongsTo(const std::string& parameter, const std::vector<std::string>& layers) {
  const std::string layer = parameter.substr(0, parameter.rfind('.'));
  return std::find(layers.begin(), layers.end(), layer) != layers.end();
}

struct Expected {
  std::string name;
  std::vector<int64_t> shape;
};

// The tensors that a file for these adapters and layers holds.
std::vector<Expected> ExpectedTensors(const std::vector<NamedAdapterSlot>& slots,
                                      const std::vector<NamedPart>& parts,
                                      const LoraFileInfo& info) {
  std::vector<Expected> expected;
  for (const auto& [name, slot] : slots) {
    if (!IsLoraTarget(name, info.config)) continue;
    const int64_t rank = info.config.rank;
    expected.push_back({kPrefix + name + ".lora_A.weight", {rank, slot->in_features()}});
    expected.push_back({kPrefix + name + ".lora_B.weight", {slot->out_features(), rank}});
  }
  for (const NamedPart& part : parts) {
    if (!BelongsTo(part.name, info.modules_to_save)) continue;
    expected.push_back({kPrefix + part.name, part.shape().ToVector()});
  }
  return expected;
}

absl::Status CheckTensors(const SafetensorsFile& file, const std::vector<Expected>& expected) {
  for (const Expected& e : expected) {
    const StoredTensor* t = file.Find(e.name);
    if (t == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(file.path(), ": ", e.name, " ", ShapeText(e.shape), " is missing"));
    }
    if (t->shape != e.shape || !IsFloatingPoint(t->dtype)) {
      return absl::InvalidArgumentError(absl::StrCat(
          file.path(), ": ", e.name, " is ", t->TypeAndShape(), ", expected ", ShapeText(e.shape)));
    }
    const std::vector<float> values = t->Floats();
    if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
      return absl::InvalidArgumentError(
          absl::StrCat(file.path(), ": ", e.name, " holds values that are no numbers"));
    }
  }
  if (file.entries().size() != expected.size()) {
    return absl::InvalidArgumentError(absl::StrCat(file.path(), ": has ", file.entries().size(),
                                                   " tensors, but ", expected.size(),
                                                   " belong to an adapter of this model"));
  }
  return absl::OkStatus();
}

nlohmann::json ConfigJson(const LoraFileInfo& info) {
  nlohmann::json targets = "all-linear";
  if (!info.config.targets.empty()) targets = info.config.targets;
  return {{"peft_type", "LORA"},
          {"r", info.config.rank},
          {"lora_alpha", info.config.alpha},
          {"lora_dropout", 0.0},
          {"target_modules", targets},
          {"modules_to_save", info.modules_to_save},
          {"bias", "none"},
          {"fan_in_fan_out", false},
          {"inference_mode", true},
          {"base_model_name_or_path", info.base_path},
          {"base_model_sha256", info.base},
          {"also_train", info.config.also_train},
          {"metadata", info.metadata}};
}

}  // namespace

std::string FingerprintOf(std::span<const NamedPart> parts,
                          const std::vector<std::string>& without) {
  Sha256 sum;
  for (const NamedPart& part : parts) {
    if (BelongsTo(part.name, without)) continue;
    const std::string head = absl::StrCat(part.name, " ", part.shape().ToString(), "\n");
    sum.Add(head.data(), head.size());
    sum.Add(part.values().data(), part.values().size_bytes());
  }
  return sum.Hex();
}

absl::Status SaveLora(const std::string& folder, const Module& model,
                      std::span<const NamedPart> parts, const LoraFileInfo& info) {
  const std::vector<NamedLora> layers = LoraLayers(model);
  if (layers.empty()) return absl::FailedPreconditionError(folder + ": the model has no adapters");
  std::vector<StoredTensor> entries;
  for (const NamedLora& lora : layers) {
    for (const auto& [name, tensor] : lora.layer->NamedParameters()) {
      entries.push_back(MakeStoredTensor(absl::StrCat(kPrefix, lora.name, ".", name),
                                         tensor.shape().ToVector(), tensor.values()));
    }
  }
  for (const NamedPart& part : parts) {
    if (!BelongsTo(part.name, info.modules_to_save)) continue;
    entries.push_back(
        MakeStoredTensor(kPrefix + part.name, part.shape().ToVector(), part.values()));
  }
  if (absl::Status s = MakeFolders(folder); !s.ok()) return s;
  if (absl::Status s = WriteSafetensors(folder + kWeights, std::move(entries), {{"format", "pt"}});
      !s.ok()) {
    return s;
  }
  return WriteFile(folder + kConfig, ConfigJson(info).dump(2) + "\n");
}

absl::StatusOr<LoraFileInfo> ReadLoraInfo(const std::string& folder) {
  const std::string path = folder + kConfig;
  const absl::StatusOr<nlohmann::json> json = ReadJsonFile(path);
  if (!json.ok()) return json.status();
  const auto refuse = [&](const std::string& what) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
  };
  if (!json->is_object() || json->value("peft_type", nlohmann::json()) != "LORA") {
    return refuse("is no configuration of a LoRA adapter (\"peft_type\": \"LORA\")");
  }
  LoraFileInfo info;
  try {
    info.config.rank = json->at("r").get<int64_t>();
    info.config.alpha = json->at("lora_alpha").get<double>();
    const nlohmann::json& targets = json->at("target_modules");
    if (targets.is_array())
      info.config.targets = targets.get<std::vector<std::string>>();
    else if (targets != "all-linear")
      return refuse("target_modules: a list or \"all-linear\"");
    const nlohmann::json modules = json->value("modules_to_save", nlohmann::json());
    if (modules.is_array()) info.modules_to_save = modules.get<std::vector<std::string>>();
    info.base = json->value("base_model_sha256", "");
    info.base_path = json->value("base_model_name_or_path", "");
    info.config.also_train = json->value("also_train", std::vector<std::string>());
    info.metadata = json->value("metadata", std::map<std::string, std::string>());
  } catch (const nlohmann::json::exception& error) {
    return refuse(error.what());
  }
  if (info.config.rank < 1 || info.config.rank > kMaxRank) {
    return refuse(absl::StrCat("r is ", info.config.rank, ", expected 1 to ", kMaxRank));
  }
  if (!(info.config.alpha > 0) || !std::isfinite(info.config.alpha)) {
    return refuse(absl::StrCat("lora_alpha is ", info.config.alpha, ", must be positive"));
  }
  return info;
}

absl::Status LoadLora(const std::string& folder, Module& model, std::vector<NamedPart> parts,
                      const std::string& base) {
  const absl::StatusOr<LoraFileInfo> info = ReadLoraInfo(folder);
  if (!info.ok()) return info.status();
  if (info->base != base) {
    return absl::FailedPreconditionError(
        absl::StrCat(folder, ": is an adapter for another base model (", info->base_path, ", ",
                     info->base.substr(0, 12), "...) than this one (", base.substr(0, 12), "...)"));
  }
  const absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(folder + kWeights);
  if (!file.ok()) return file.status();
  const std::vector<Expected> expected = ExpectedTensors(model.AdapterSlots(), parts, *info);
  if (absl::Status s = CheckTensors(*file, expected); !s.ok()) return s;
  if (absl::Status s = AddLora(model, info->config); !s.ok()) return s;
  for (const NamedLora& lora : LoraLayers(model)) {
    for (auto& [name, tensor] : lora.layer->NamedParameters()) {
      file->Find(absl::StrCat(kPrefix, lora.name, ".", name))
          ->CopyFloatsTo({tensor.mutable_data(), static_cast<size_t>(tensor.size())});
    }
  }
  for (NamedPart& part : parts) {
    if (!BelongsTo(part.name, info->modules_to_save)) continue;
    file->Find(kPrefix + part.name)
        ->CopyFloatsTo({part.mutable_data(), static_cast<size_t>(part.size())});
  }
  return absl::OkStatus();
}

}  // namespace gokart
