#include "tensor/ops/attention.h"

#include <memory>
#include <optional>
#include <vector>

#include "tensor/kernels/attention.h"
#include "tensor/ops/check.h"

namespace gokart::ops {
namespace {

using kernels::AttentionDropout;
using kernels::AttentionShape;
using KeepBits = std::shared_ptr<std::vector<uint64_t>>;

AttentionShape MakeShape(const char* name, int64_t batch, int64_t tokens, int64_t columns,
                         const AttentionOptions& options, bool packed) {
  const int64_t heads = options.num_heads;
  const int64_t kv_heads = options.num_kv_heads == 0 ? heads : options.num_kv_heads;
  Check(heads > 0 && kv_heads > 0 && heads % kv_heads == 0, name,
        std::to_string(heads) + " heads do not share " + std::to_string(kv_heads) +
            " key/value heads evenly");
  const int64_t slices = packed ? heads + 2 * kv_heads : heads;
  Check(
      columns % slices == 0, name,
      std::to_string(columns) + " columns do not divide into " + std::to_string(slices) + " heads");
  AttentionShape shape = {.batch = batch,
                          .tokens = tokens,
                          .heads = heads,
                          .head_dim = columns / slices,
                          .kv_heads = kv_heads};
  shape.scale = options.scale;
  shape.causal = options.causal;
  shape.window = options.window;
  const int64_t num_slopes = static_cast<int64_t>(options.slopes.size());
  Check(num_slopes == 0 || num_slopes == heads, name,
        std::to_string(num_slopes) + " slopes for " + std::to_string(heads) + " heads");
  Check(!options.sinks.defined() || options.sinks.shape() == Shape{heads}, name,
        "sinks that are not one number for each of " + std::to_string(heads) + " heads");
  Check(options.mask == nullptr || options.mask->tokens() == tokens, name,
        "a mask for another number of tokens than " + std::to_string(tokens));
  return shape;
}

// What the kernels read by address, kept alive from the forward pass to the backward pass.
struct Extras {
  explicit Extras(const AttentionOptions& options) : mask(options.mask), slopes(options.slopes) {
    if (options.sinks.defined()) sinks.emplace(options.sinks);
  }

  AttentionShape AddTo(AttentionShape shape) const {
    shape.mask = mask.get();
    if (!slopes.empty()) shape.slopes = slopes.data();
    if (sinks.has_value()) shape.sinks = sinks->data();
    return shape;
  }

  std::shared_ptr<const BlockMask> mask;
  std::vector<float> slopes;
  std::optional<Saved> sinks;
};

// Sinks are an input of the operation if they are there.
std::vector<Tensor> WithSinks(std::vector<Tensor> inputs, const AttentionOptions& options) {
  if (options.sinks.defined()) inputs.push_back(options.sinks);
  return inputs;
}

void PassSinkGradient(const Extras& extras, const AttentionShape& s, int input, const float* out,
                      const float* lse, const Buffer& dout, InputGradients& grads) {
  if (!extras.sinks.has_value() || !grads.Wants(input)) return;
  const GradSink d = grads.Sink(input);
  kernels::AttentionSinkBackward(extras.AddTo(s), out, lse, dout.data(), d.data, d.accumulate);
}

KeepBits DrawKeepBits(const char* name, const AttentionShape& s, const AttentionOptions& options) {
  Check(options.drop_rate >= 0 && options.drop_rate < 1, name,
        "drop rate " + std::to_string(options.drop_rate) + " is not in [0, 1)");
  if (options.drop_rate == 0) return nullptr;
  Check(options.generator != nullptr, name, "dropout without a generator");
  const int64_t n = s.batch * s.heads * s.tokens * s.tokens;
  auto keep = std::make_shared<std::vector<uint64_t>>((n + 63) / 64);
  options.generator->DropoutKeepBits(keep->data(), n, options.drop_rate);
  return keep;
}

AttentionDropout MakeDropout(const KeepBits& keep, double drop_rate) {
  return keep ? AttentionDropout{keep->data(), static_cast<float>(1 / (1 - drop_rate))}
              : AttentionDropout{};
}

}  // namespace

Tensor Attention(const Tensor& q, const Tensor& k, const Tensor& v,
                 const AttentionOptions& options) {
  Check(q.rank() == 3 && k.rank() == 3 && k.shape() == v.shape() && q.dim(0) == k.dim(0) &&
            q.dim(1) == k.dim(1),
        "Attention",
        "q " + q.shape().ToString() + ", k " + k.shape().ToString() + ", v " +
            v.shape().ToString() + ": three tensors [B, T, heads * D] expected");
  const AttentionShape s = MakeShape("Attention", q.dim(0), q.dim(1), q.dim(2), options, false);
  Check(k.dim(2) == s.kv_heads * s.head_dim, "Attention",
        "k " + k.shape().ToString() + " does not hold " + std::to_string(s.kv_heads) +
            " heads of dimension " + std::to_string(s.head_dim));
  const KeepBits keep = DrawKeepBits("Attention", s, options);
  Tensor out = Tensor::Empty(q.shape()), lse = Tensor::Empty({s.batch, s.heads, s.tokens});
  const Extras extras(options);
  kernels::AttentionForward(extras.AddTo(s), MakeDropout(keep, options.drop_rate), q.data(),
                            k.data(), v.data(), out.mutable_data(), lse.mutable_data());
  return Record("Attention", out, WithSinks({q, k, v}, options),
                [s, extras, keep, p = options.drop_rate, q = Saved(q), k = Saved(k), v = Saved(v),
                 out = Saved(out), lse = Saved(lse)](const Buffer& dout, InputGradients& grads) {
                  // All three come out of one pass, whether wanted or not, so each gets a buffer of
                  // its own.
                  const int64_t rows = s.batch * s.tokens, kv_size = rows * s.kv_heads * s.head_dim;
                  Buffer dq = Buffer::Allocate(rows * s.heads * s.head_dim);
                  Buffer dk = Buffer::Allocate(kv_size), dv = Buffer::Allocate(kv_size);
                  kernels::AttentionBackward(extras.AddTo(s), MakeDropout(keep, p), q.data(),
                                             k.data(), v.data(), out.data(), lse.data(),
                                             dout.data(), dq.mutable_data(), dk.mutable_data(),
                                             dv.mutable_data(),
                                             /*accumulate=*/false);
                  grads.Pass(0, dq);
                  grads.Pass(1, dk);
                  grads.Pass(2, dv);
                  PassSinkGradient(extras, s, 3, out.data(), lse.data(), dout, grads);
                });
}

Tensor AttentionPacked(const Tensor& qkv, const AttentionOptions& options) {
  Check(qkv.rank() == 3, "AttentionPacked",
        "qkv " + qkv.shape().ToString() + ": a tensor [B, T, (H + 2 KVH) * D] expected");
  AttentionShape s =
      MakeShape("AttentionPacked", qkv.dim(0), qkv.dim(1), qkv.dim(2), options, true);
  s.q_stride = s.kv_stride = qkv.dim(2);
  const int64_t k_begin = s.heads * s.head_dim, v_begin = k_begin + s.kv_heads * s.head_dim;
  const KeepBits keep = DrawKeepBits("AttentionPacked", s, options);
  Tensor out = Tensor::Empty(qkv.shape().With(-1, k_begin));
  Tensor lse = Tensor::Empty({s.batch, s.heads, s.tokens});
  const Extras extras(options);
  kernels::AttentionForward(extras.AddTo(s), MakeDropout(keep, options.drop_rate), qkv.data(),
                            qkv.data() + k_begin, qkv.data() + v_begin, out.mutable_data(),
                            lse.mutable_data());
  return Record("AttentionPacked", out, WithSinks({qkv}, options),
                [=, p = options.drop_rate, qkv = Saved(qkv), out = Saved(out), lse = Saved(lse)](
                    const Buffer& dout, InputGradients& grads) {
                  PassSinkGradient(extras, s, 1, out.data(), lse.data(), dout, grads);
                  if (!grads.Wants(0)) return;
                  const GradSink d = grads.Sink(0);
                  kernels::AttentionBackward(extras.AddTo(s), MakeDropout(keep, p), qkv.data(),
                                             qkv.data() + k_begin, qkv.data() + v_begin, out.data(),
                                             lse.data(), dout.data(), d.data, d.data + k_begin,
                                             d.data + v_begin, d.accumulate);
                });
}

}  // namespace gokart::ops
