#include "ch03_attention/testing/run_cached.h"

#include <gtest/gtest.h>

#include <memory>

#include "tensor/ops/layout.h"

namespace gokart {

Tensor RunCached(const AttentionLayer& layer, const Tensor& x, const std::vector<int64_t>& pieces) {
  std::vector<std::unique_ptr<AttentionCache>> owned;
  std::vector<AttentionCache*> caches;
  for (int64_t b = 0; b < x.dim(0); ++b) {
    owned.push_back(layer.MakeCache(x.dim(1)));
    caches.push_back(owned.back().get());
  }
  std::vector<Tensor> outputs;
  int64_t begin = 0;
  for (const int64_t piece : pieces) {
    outputs.push_back(layer.ForwardCached(ops::Slice(x, 1, begin, begin + piece), caches));
    begin += piece;
    EXPECT_EQ(caches[0]->tokens(), begin);
  }
  EXPECT_EQ(begin, x.dim(1));
  return ops::Concat(outputs, 1);
}

}  // namespace gokart
