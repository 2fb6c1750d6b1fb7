#include "tensor/nn/module.h"

#include <stdexcept>
#include <unordered_set>

#include "tensor/nn/linear_adapter.h"

namespace gokart {
namespace {

std::string Join(const std::string& path, const std::string& name) {
  return path.empty() || name.empty() ? path + name : path + "." + name;
}

// "att.W_key" for the slot "W_key" of the layer "att.qkv"; a slot without a name is its layer's.
std::string SlotName(const std::string& layer, const std::string& slot) {
  if (slot.empty()) return layer;
  const size_t dot = layer.rfind('.');
  return Join(dot == std::string::npos ? "" : layer.substr(0, dot), slot);
}

std::vector<NamedTensor> WithoutRepetitions(std::vector<NamedTensor> all) {
  std::vector<NamedTensor> unique;
  std::unordered_set<const GradSlot*> seen;
  for (NamedTensor& named : all) {
    if (seen.insert(named.tensor.grad_slot().get()).second) unique.push_back(std::move(named));
  }
  return unique;
}

}  // namespace

void Module::RegisterParameter(std::string name, Tensor* parameter) {
  parameters_.emplace_back(std::move(name), parameter);
}

void Module::RegisterModule(std::string name, Module* module) {
  modules_.emplace_back(std::move(name), module);
}

void Module::RegisterAdapterSlot(std::string name, AdapterSlot* slot) {
  slots_.emplace_back(std::move(name), slot);
}

void Module::Collect(const std::string& path, bool adapters, std::vector<NamedTensor>& out) const {
  for (const auto& [name, parameter] : parameters_) {
    if (parameter->defined()) out.push_back({Join(path, name), *parameter});
  }
  if (adapters) {
    for (const auto& [name, slot] : slots_) {
      if (slot->adapter() != nullptr) slot->adapter()->Collect(SlotName(path, name), true, out);
    }
  }
  for (const auto& [name, module] : modules_) module->Collect(Join(path, name), adapters, out);
}

void Module::CollectSlots(const std::string& path, std::vector<NamedAdapterSlot>& out) const {
  for (const auto& [name, slot] : slots_) out.push_back({SlotName(path, name), slot});
  for (const auto& [name, module] : modules_) module->CollectSlots(Join(path, name), out);
}

std::vector<NamedTensor> Module::NamedParameters() const {
  std::vector<NamedTensor> all;
  Collect("", /*adapters=*/true, all);
  return WithoutRepetitions(std::move(all));
}

std::vector<NamedTensor> Module::OwnParameters() const {
  std::vector<NamedTensor> all;
  Collect("", /*adapters=*/false, all);
  return WithoutRepetitions(std::move(all));
}

std::vector<NamedAdapterSlot> Module::AdapterSlots() const {
  std::vector<NamedAdapterSlot> slots;
  CollectSlots("", slots);
  return slots;
}

std::vector<Tensor> Module::Parameters() const {
  std::vector<Tensor> parameters;
  for (NamedTensor& named : NamedParameters()) parameters.push_back(std::move(named.tensor));
  return parameters;
}

int64_t Module::NumParameters() const {
  int64_t n = 0;
  for (const Tensor& p : Parameters()) n += p.size();
  return n;
}

int64_t Module::NumTrainableParameters() const {
  int64_t n = 0;
  for (const Tensor& p : Parameters()) n += p.requires_grad() ? p.size() : 0;
  return n;
}

std::vector<MatrixSlot> Module::Matrices() {
  std::vector<MatrixSlot> matrices;
  AppendMatrices(matrices);
  return matrices;
}

void Module::AppendMatrices(std::vector<MatrixSlot>& out) {
  for (const auto& [name, module] : modules_) module->AppendMatrices(out);
}

void Module::QuantizeWeights(WeightFormat format) {
  for (const auto& [weight, instead] : Matrices()) {
    if (!weight->defined()) {
      throw std::logic_error("QuantizeWeights: the weights are quantised already");
    }
    *instead = QuantizedMatrix::Quantize(format, weight->dim(0), weight->dim(1), weight->values());
    *weight = Tensor();
  }
}

int64_t Module::WeightBytes() const {
  return NumParameters() * static_cast<int64_t>(sizeof(float)) + QuantizedBytes();
}

int64_t Module::QuantizedBytes() const {
  int64_t bytes = 0;
  for (const auto& [name, module] : modules_) bytes += module->QuantizedBytes();
  return bytes;
}

void Module::RequireGrad(bool value) {
  for (Tensor& p : Parameters()) p.RequireGrad(value);
}

void Module::ClearGrad() {
  for (Tensor& p : Parameters()) p.ClearGrad();
}

void Module::Train(bool training) {
  training_ = training;
  for (const auto& [name, slot] : slots_) {
    if (slot->adapter() != nullptr) slot->adapter()->Train(training);
  }
  for (const auto& [name, module] : modules_) module->Train(training);
}

}  // namespace gokart
