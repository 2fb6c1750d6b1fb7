#include "tensor/ops/embedding.h"

#include <memory>
#include <vector>

#include "tensor/kernels/embedding.h"
#include "tensor/ops/check.h"

namespace gokart::ops {

// y[i] = table[ids[i]]   =>   dtable[v] = sum of dy[i] over all i with ids[i] = v
Tensor EmbeddingLookup(const Tensor& table, std::span<const int32_t> ids, const Shape& ids_shape) {
  Check(table.rank() == 2, "EmbeddingLookup",
        "table " + table.shape().ToString() + " is no matrix");
  const int64_t n = static_cast<int64_t>(ids.size()), vocab = table.dim(0), c = table.dim(1);
  Check(ids_shape.size() == n, "EmbeddingLookup",
        std::to_string(n) + " ids do not fit shape " + ids_shape.ToString());
  for (int64_t i = 0; i < n; ++i) {
    Check(ids[i] >= 0 && ids[i] < vocab, "EmbeddingLookup",
          "id " + std::to_string(ids[i]) + " at position " + std::to_string(i) +
              " is outside of the vocabulary of " + std::to_string(vocab));
  }
  Shape shape = ids_shape;
  shape.Append(c);
  Tensor y = Tensor::Empty(shape);
  kernels::EmbeddingForward(n, c, table.data(), ids.data(), y.mutable_data());
  auto kept = std::make_shared<std::vector<int32_t>>(ids.begin(), ids.end());
  return Record("EmbeddingLookup", y, {table}, [=](const Buffer& dy, InputGradients& grads) {
    if (!grads.Wants(0)) return;
    const GradSink dtable = grads.Sink(0);
    kernels::EmbeddingBackward(n, c, vocab, kept->data(), dy.data(), dtable.data,
                               dtable.accumulate);
  });
}

}  // namespace gokart::ops
