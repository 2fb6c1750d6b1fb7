#include "ch04_model/generate.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>
#include <xtensor/xview.hpp>

#include "tensor/autograd.h"

namespace gokart {
namespace {

void Check(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument("GenerateTextSimple: " + message);
}

// The columns [begin, end) of ids [B, T].
TokenIds Columns(const TokenIds& ids, int64_t begin, int64_t end) {
  return xt::view(ids, xt::all(), xt::range(begin, end));
}

// The index of each row's largest value: logits [B, V] -> B token ids.
std::vector<int32_t> Argmax(const Tensor& logits) {
  // [exercise 4.8] Text, one token after the other
  // Task: Here, give for each row of the logits [B, V] the index of its largest number. Below, fill
  //       the columns t, t + 1, ... of text [B, t + max_new_tokens]: each time give the model the
  //       last context_size tokens at most, and write the likeliest next token of each row.
  // Hint: Row r of the logits begins at logits.data() + r * v; std::max_element finds the place of
  //       the largest.
  // Hint: Columns(text, begin, end) are the tokens that the model reads; begin is never below 0.
  // Hint: model.ForwardLast(ids) gives the logits [B, V] after the last token. (The solution saves
  //       work by a cache.)
  // Test: //ch04_model:generate_test GenerateTextSimple.*
  // Read: ch04_model/README.md, "Generation"

  const int64_t b = logits.dim(0), v = logits.dim(1);
  std::vector<int32_t> next;
  for (int64_t row = 0; row < b; ++row) {
    const float* values = logits.data() + row * v;
    next.push_back(static_cast<int32_t>(std::max_element(values, values + v) - values));
  }
  return next;
  // [end of exercise 4.8]
}

// A batch of texts, and how far the model has read them.
class CachedRows {
 public:
  CachedRows(const GPTModel& model, int64_t rows) : model_(model) {
    for (int64_t row = 0; row < rows && model.CanCache(); ++row) {
      caches_.push_back(model.MakeCache());
    }
  }

  // The logits of what follows text[:, 0:end].
  Tensor Forward(const TokenIds& text, int64_t end) {
    std::vector<KeyValueCache*> caches;
    for (KeyValueCache& cache : caches_) caches.push_back(&cache);
    return model_.ForwardCached(Columns(text, caches_[0].tokens(), end), caches);
  }

 private:
  const GPTModel& model_;
  std::vector<KeyValueCache> caches_;
};

}  // namespace

TokenIds GenerateTextSimple(GPTModel& model, const TokenIds& ids, int64_t max_new_tokens,
                            int64_t context_size) {
  const int64_t b = ids.shape(0), t = ids.shape(1);
  Check(b > 0 && t > 0, "ids " + ShapeOf(ids).ToString() + ": a start is needed");
  Check(max_new_tokens >= 0, "max_new_tokens is " + std::to_string(max_new_tokens));
  Check(context_size > 0 && context_size <= model.config.context_length,
        "context_size is " + std::to_string(context_size) + ", must be between 1 and " +
            std::to_string(model.config.context_length));
  const EvalMode eval(model);
  const NoGrad no_grad;
  TokenIds text = TokenIds::from_shape({static_cast<size_t>(b), size_t(t + max_new_tokens)});
  xt::view(text, xt::all(), xt::range(0, t)) = ids;
  // [exercise 4.8, continued]
  CachedRows cached(model, b);
  for (int64_t end = t; end < t + max_new_tokens; ++end) {
    // Within the context the model only computes what is new. Beyond it every token moves to
    // another position each time, and all are computed anew.
    const Tensor logits =
        end <= context_size && model.CanCache()
            ? cached.Forward(text, end)
            : model.ForwardLast(Columns(text, std::max<int64_t>(0, end - context_size), end));
    const std::vector<int32_t> next = Argmax(logits);
    for (int64_t row = 0; row < b; ++row) text(row, end) = next[row];
  }
  // [end of exercise 4.8]
  return text;
}

}  // namespace gokart
