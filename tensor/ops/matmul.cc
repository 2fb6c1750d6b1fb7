#include "tensor/ops/matmul.h"

#include "tensor/kernels/matmul.h"
#include "tensor/ops/check.h"

namespace gokart::ops {
namespace {

// `batch` products op(A)[m, k] op(B)[k, n].
struct Problem {
  int64_t batch, m, n, k;
};

std::string Describe(const Tensor& a, const Tensor& b, const MatMulOptions& options) {
  return a.shape().ToString() + (options.transpose_a ? "^T" : "") + " x " + b.shape().ToString() +
         (options.transpose_b ? "^T" : "");
}

Problem Examine(const Tensor& a, const Tensor& b, const MatMulOptions& options) {
  const auto check = [&](bool condition, const std::string& message) {
    Check(condition, "MatMul", Describe(a, b, options) + ": " + message);
  };
  check(a.rank() >= 2 && b.rank() >= 2, "both need at least two axes");
  const int64_t m = a.dim(options.transpose_a ? -1 : -2), k = a.dim(options.transpose_a ? -2 : -1);
  const int64_t k_b = b.dim(options.transpose_b ? -1 : -2),
                n = b.dim(options.transpose_b ? -2 : -1);
  check(k == k_b,
        "inner dimensions " + std::to_string(k) + " and " + std::to_string(k_b) + " differ");
  if (b.rank() == 2 && !options.transpose_a) return {1, a.size() / std::max<int64_t>(1, k), n, k};
  check(a.rank() == b.rank(), "leading axes differ");
  for (int i = 0; i < a.rank() - 2; ++i) {
    check(a.dim(i) == b.dim(i), "extents " + std::to_string(a.dim(i)) + " and " +
                                    std::to_string(b.dim(i)) + " of axis " + std::to_string(i) +
                                    " differ");
  }
  return {a.shape().Product(0, a.rank() - 2), m, n, k};
}

void Multiply(const Problem& p, bool ta, bool tb, const float* a, const float* b, float* c,
              bool accumulate) {
  const kernels::MatMulShape shape = {
      .m = p.m, .n = p.n, .k = p.k, .transpose_a = ta, .transpose_b = tb, .accumulate = accumulate};
  if (p.batch == 1) {
    kernels::MatMul(shape, a, b, c);
  } else {
    kernels::BatchedMatMul(p.batch, shape, a, p.m * p.k, b, p.k * p.n, c, p.m * p.n);
  }
}

// C = op(A) op(B)   =>   d op(A) = dC op(B)^T,  d op(B) = op(A)^T dC;
// where a factor is stored transposed, so is its gradient, and the two factors of that product
// change sides.
void Backward(const Problem& p, bool ta, bool tb, const Saved& a, const Saved& b, const Buffer& dc,
              InputGradients& grads) {
  // [exercise E.1] The gradient of a matrix product
  // Task: Given dC [m, n], write dA and dB where they are wanted, each in the layout in which the
  //       factor is stored (ta, tb: transposed).
  // Hint: For C = A B: dA = dC B^T and dB = A^T dC. The shapes: [m, n] x [n, k] and [k, m] x [m,
  //       n].
  // Hint: A factor that is stored transposed wants the transpose of that: (dC B^T)^T = B dC^T.
  // Hint: Multiply({batch, rows, columns, inner}, transpose_first, transpose_second, ...) does each
  //       of the four; grads.Sink(0) says where dA goes and whether to add to what is there.
  // Test: //tensor/ops:worked_gradients_test MatMulGradient.*
  // Read: tensor/ops/matmul.h

  if (grads.Wants(0)) {
    const GradSink da = grads.Sink(0);
    if (ta) {  // dA[k, m] = op(B)[k, n] dC[m, n]^T
      Multiply({p.batch, p.k, p.m, p.n}, tb, true, b.data(), dc.data(), da.data, da.accumulate);
    } else {  // dA[m, k] = dC[m, n] op(B)[k, n]^T
      Multiply({p.batch, p.m, p.k, p.n}, false, !tb, dc.data(), b.data(), da.data, da.accumulate);
    }
  }
  if (grads.Wants(1)) {
    const GradSink db = grads.Sink(1);
    if (tb) {  // dB[n, k] = dC[m, n]^T op(A)[m, k]
      Multiply({p.batch, p.n, p.k, p.m}, true, ta, dc.data(), a.data(), db.data, db.accumulate);
    } else {  // dB[k, n] = op(A)[m, k]^T dC[m, n]
      Multiply({p.batch, p.k, p.n, p.m}, !ta, false, a.data(), dc.data(), db.data, db.accumulate);
    }
  }
  // [end of exercise E.1]
}

}  // namespace

Tensor MatMul(const Tensor& a, const Tensor& b, const MatMulOptions& options) {
  const Problem p = Examine(a, b, options);
  Shape shape = a.shape().With(-1, p.n);
  if (options.transpose_a) shape = shape.With(-2, p.m);
  Tensor c = Tensor::Empty(shape);
  const bool ta = options.transpose_a, tb = options.transpose_b;
  Multiply(p, ta, tb, a.data(), b.data(), c.mutable_data(), false);
  return Record("MatMul", c, {a, b},
                [p, ta, tb, a = Saved(a), b = Saved(b)](const Buffer& dc, InputGradients& grads) {
                  Backward(p, ta, tb, a, b, dc, grads);
                });
}

}  // namespace gokart::ops
