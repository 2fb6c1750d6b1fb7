#include "ch05_pretrain/evaluate.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensor/ops/cross_entropy.h"
#include "tensor/ops/layout.h"

namespace gokart {
namespace {

// Inputs ids[begin, begin + length), targets one further; the last `scored` of them count.
struct Window {
  int64_t begin, length, scored;

  bool SameShape(const Window& other) const {
    return length == other.length && scored == other.scored;
  }
};

std::vector<Window> CutWindows(int64_t num_ids, int64_t context, int64_t stride) {
  std::vector<Window> windows;
  const int64_t inputs = num_ids - 1;  // the last id is only a target
  int64_t done = 0;
  for (int64_t begin = 0; done < inputs; begin += stride) {
    const int64_t end = std::min(inputs, begin + context);
    windows.push_back({begin, end - begin, end - done});
    done = end;
  }
  return windows;
}

// The sum of -log p over what the windows score.
double TotalLoss(const GPTModel& model, std::span<const int32_t> ids,
                 std::span<const Window> windows) {
  const int64_t length = windows[0].length, scored = windows[0].scored;
  TokenIds inputs = TokenIds::from_shape({windows.size(), static_cast<size_t>(length)});  // [B, T]
  std::vector<int32_t> targets;
  for (size_t b = 0; b < windows.size(); ++b) {
    const auto first = ids.begin() + windows[b].begin, end = first + length;
    std::copy(first, end, inputs.data() + b * static_cast<size_t>(length));
    targets.insert(targets.end(), end - scored + 1, end + 1);
  }
  const Tensor hidden = model.Hidden(inputs);  // [B, T, C]
  const Tensor logits = model.Logits(ops::Slice(hidden, 1, length - scored, length));
  return ops::CrossEntropy(logits, targets).item() * static_cast<double>(targets.size());
}

}  // namespace

TextScore Evaluate(GPTModel& model, std::span<const int32_t> ids, const EvaluateOptions& options) {
  const int64_t context = model.config.context_length, num_ids = static_cast<int64_t>(ids.size());
  const int64_t stride = options.stride == 0 ? context : options.stride;
  if (num_ids < 2 || stride < 1 || stride > context) {
    throw std::invalid_argument("Evaluate: " + std::to_string(num_ids) + " ids with stride " +
                                std::to_string(stride) +
                                ": at least 2 ids and a stride from 1 to " +
                                std::to_string(context) + " (the context length) expected");
  }
  const NoGrad no_grad;
  const EvalMode eval(model);
  const std::vector<Window> windows = CutWindows(num_ids, context, stride);
  // Enough tokens at a time for the matrix products; a few hundred MB of logits at GPT-2's size.
  const size_t side_by_side = static_cast<size_t>(std::max<int64_t>(1, 1024 / context));
  TextScore score;
  double sum = 0;
  for (size_t i = 0; i < windows.size();) {
    size_t end = i + 1;
    while (end < windows.size() && end - i < side_by_side && windows[end].SameShape(windows[i])) {
      ++end;
    }
    sum += TotalLoss(model, ids, std::span(windows).subspan(i, end - i));
    score.tokens += static_cast<int64_t>(end - i) * windows[i].scored;
    i = end;
    if (options.on_progress && !options.on_progress(score.tokens)) break;
  }
  score.loss = sum / static_cast<double>(score.tokens);
  return score;
}

double BitsPerByte(const TextScore& score, int64_t bytes) {
  return score.loss * static_cast<double>(score.tokens) /
         (static_cast<double>(bytes) * std::log(2.0));
}

}  // namespace gokart
