#include "tensor/nn/module.h"

#include <unordered_set>

namespace gokart {

void Module::RegisterParameter(std::string name, Tensor* parameter) {
  parameters_.emplace_back(std::move(name), parameter);
}

void Module::RegisterModule(std::string name, Module* module) {
  modules_.emplace_back(std::move(name), module);
}

void Module::Collect(const std::string& prefix, std::vector<NamedTensor>& out) const {
  for (const auto& [name, parameter] : parameters_) {
    if (parameter->defined()) out.push_back({prefix + name, *parameter});
  }
  for (const auto& [name, module] : modules_) module->Collect(prefix + name + ".", out);
}

std::vector<NamedTensor> Module::NamedParameters() const {
  std::vector<NamedTensor> all, unique;
  Collect("", all);
  std::unordered_set<const GradSlot*> seen;
  for (NamedTensor& named : all) {
    if (seen.insert(named.tensor.grad_slot().get()).second) unique.push_back(std::move(named));
  }
  return unique;
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

void Module::QuantizeWeights(WeightFormat format) {
  for (const auto& [name, module] : modules_) module->QuantizeWeights(format);
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
  for (const auto& [name, module] : modules_) module->Train(training);
}

}  // namespace gokart
