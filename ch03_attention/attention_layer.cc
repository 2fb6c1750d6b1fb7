#include "ch03_attention/attention_layer.h"

#include <cxxabi.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <typeinfo>

namespace gokart {
namespace {

// "gokart::CausalAttention"
std::string ClassName(const AttentionLayer& layer) {
  const char* const mangled = typeid(layer).name();
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(mangled, nullptr, nullptr, nullptr), &std::free);
  return name != nullptr ? name.get() : mangled;
}

}  // namespace

std::unique_ptr<AttentionCache> AttentionLayer::MakeCache(int64_t) const {
  throw std::invalid_argument("MakeCache: " + ClassName(*this) + " has no cache");
}

Tensor AttentionLayer::ForwardCached(const Tensor&, std::span<AttentionCache* const>) const {
  throw std::invalid_argument("ForwardCached: " + ClassName(*this) + " has no cache");
}

}  // namespace gokart
