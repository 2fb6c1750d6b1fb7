#include "ch05_pretrain/generate.h"

#include <algorithm>
#include <stdexcept>

namespace gokart {
namespace {

// The last `context_length` ids as a batch of one.
TokenIds Window(const std::vector<int32_t>& ids, int64_t context_length) {
  const size_t n = std::min(ids.size(), static_cast<size_t>(context_length));
  TokenIds window({size_t{1}, n});
  std::copy(ids.end() - static_cast<int64_t>(n), ids.end(), window.data());
  return window;
}

}  // namespace

std::vector<int32_t> Generate(GPTModel& model, std::vector<int32_t> ids,
                              const GenerateOptions& options, Generator& generator,
                              const OnToken& on_token) {
  if (ids.empty()) throw std::invalid_argument("Generate: nothing to continue");
  NoGrad no_grad;
  EvalMode eval(model);
  for (int64_t i = 0; i < options.max_new_tokens; ++i) {
    const Tensor logits = model.ForwardLast(Window(ids, model.config.context_length));  // [1, V]
    const int32_t next = SampleToken(logits.values(), options.sampling, generator);
    if (next == options.eos_id) break;
    ids.push_back(next);
    if (on_token && !on_token(next)) break;
  }
  return ids;
}

}  // namespace gokart
