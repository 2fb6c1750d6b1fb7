#include "ch03_attention/key_value_heads.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "tensor/kernels/attention.h"
#include "tensor/kernels/decode_attention.h"

namespace gokart {
namespace {

void Check(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument(message);
}

}  // namespace

KeyValueHeads::KeyValueHeads(int64_t kv_heads, int64_t head_dim, int64_t max_tokens, int64_t window)
    : kv_heads_(kv_heads), head_dim_(head_dim), max_tokens_(max_tokens), window_(window) {
  Check(kv_heads > 0 && head_dim > 0 && max_tokens > 0 && window >= 0,
        "KeyValueHeads: " + std::to_string(kv_heads) + " heads of dimension " +
            std::to_string(head_dim) + ", " + std::to_string(max_tokens) + " tokens, window " +
            std::to_string(window) + ": must be positive");
}

int64_t KeyValueHeads::bytes() const {
  return (keys_.size() + values_.size()) * static_cast<int64_t>(sizeof(float));
}

void KeyValueHeads::Append(const float* k, const float* v, int64_t tokens, int64_t stride) {
  Check(tokens_ + tokens <= max_tokens_, "KeyValueHeads: " + std::to_string(tokens) +
                                             " more tokens than " + std::to_string(tokens_) +
                                             " in a cache for " + std::to_string(max_tokens_));
  MakeRoom(tokens);
  float *const keys = keys_.mutable_data(), *const values = values_.mutable_data();
  for (int64_t h = 0; h < kv_heads_; ++h) {
    for (int64_t t = 0; t < tokens; ++t) {
      const int64_t from = t * stride + h * head_dim_;
      const int64_t to = h * head_stride() + (kept() + t) * head_dim_;
      std::copy(k + from, k + from + head_dim_, keys + to);
      std::copy(v + from, v + from + head_dim_, values + to);
    }
  }
  tokens_ += tokens;
}

// So that a window is moved to the front only once in an eighth of its length.
int64_t KeyValueHeads::NewCapacity(int64_t needed) const {
  constexpr int64_t kSmallest = 64;
  int64_t wanted = std::max(kSmallest, 2 * capacity_);
  if (window_ > 0) wanted = std::min(wanted, window_ + window_ / 8 + 1);
  return std::min(max_tokens_, std::max(wanted, needed));
}

// Room for so many more tokens, by forgetting what they do not see, or else by more memory. Copying
// what was there costs, in all, as much as having written it.
void KeyValueHeads::MakeRoom(int64_t tokens) {
  const int64_t keep = window_ > 0 ? std::min(kept(), window_ - 1) : kept();
  const int64_t needed = keep + tokens;
  // A prompt may have needed much more than a window does.
  const bool too_large = window_ > 0 && capacity_ > 2 * window_ + 2 && needed <= window_;
  if (kept() + tokens <= capacity_ && !too_large) return;
  const int64_t capacity = needed > capacity_ || too_large ? NewCapacity(needed) : capacity_;
  for (Buffer* buffer : {&keys_, &values_}) {
    Buffer to =
        capacity != capacity_ ? Buffer::Allocate(kv_heads_ * capacity * head_dim_) : *buffer;
    for (int64_t h = 0; h < kv_heads_; ++h) {
      const float* const from = buffer->data() + h * head_stride() + (kept() - keep) * head_dim_;
      std::copy(from, from + keep * head_dim_, to.mutable_data() + h * capacity * head_dim_);
    }
    *buffer = to;
  }
  forgotten_ = tokens_ - keep;
  capacity_ = capacity;
}

namespace {

// One new token for each sequence.
void Decode(const kernels::DecodeAttentionShape& shape, int64_t window, const float* q,
            int64_t q_stride, std::span<KeyValueHeads* const> caches, float* out) {
  std::vector<kernels::DecodeQuery> queries;
  queries.reserve(caches.size());
  for (const KeyValueHeads* cache : caches) {
    const int64_t end = cache->kept(), row = static_cast<int64_t>(queries.size());
    queries.push_back({.q = q + row * q_stride,
                       .k = cache->keys(),
                       .v = cache->values(),
                       .head_stride = cache->head_stride(),
                       .begin = window > 0 ? std::max<int64_t>(0, end - window) : 0,
                       .end = end,
                       .out = out + row * shape.heads * shape.head_dim});
  }
  kernels::DecodeAttention(shape, queries);
}

// q [B, T, ...], rows q_stride apart.
Tensor Attend(const float* q, int64_t q_stride, int64_t T, const AttendOptions& options,
              std::span<KeyValueHeads* const> caches) {
  const int64_t B = static_cast<int64_t>(caches.size()), H = options.num_heads;
  const int64_t D = caches[0]->head_dim(), kv_heads = caches[0]->kv_heads();
  const float scale = options.scale != 0 ? options.scale : 1 / std::sqrt(static_cast<float>(D));
  Tensor out = Tensor::Empty({B, T, H * D});
  if (T == 1) {
    Decode({.heads = H,
            .kv_heads = kv_heads,
            .head_dim = D,
            .scale = scale,
            .slopes = options.slopes,
            .sinks = options.sinks},
           options.window, q, q_stride, caches, out.mutable_data());
    return out;
  }
  for (int64_t b = 0; b < B; ++b) {
    const KeyValueHeads& cache = *caches[b];
    kernels::AttentionForward({.batch = 1,
                               .tokens = T,
                               .heads = H,
                               .head_dim = D,
                               .kv_heads = kv_heads,
                               .q_stride = q_stride,
                               .kv_stride = D,
                               .scale = scale,
                               .window = options.window,
                               .slopes = options.slopes,
                               .sinks = options.sinks,
                               .past = cache.kept() - T,
                               .kv_head_stride = cache.head_stride()},
                              {}, q + b * T * q_stride, cache.keys(), cache.values(),
                              out.mutable_data() + b * T * H * D, /*log_sum_exp=*/nullptr);
  }
  return out;
}

// Caches of one kind for each row of x [B, T, columns], and heads that divide the columns.
void CheckShapes(const char* name, const Tensor& x, const AttendOptions& options,
                 std::span<KeyValueHeads* const> caches, bool packed) {
  Check(x.rank() == 3 && x.dim(0) == static_cast<int64_t>(caches.size()) && !caches.empty() &&
            x.dim(1) > 0,
        std::string(name) + ": " + x.shape().ToString() + " with " + std::to_string(caches.size()) +
            " caches: [B, T, C] with B of them expected");
  const KeyValueHeads& first = *caches[0];
  const int64_t heads = options.num_heads, kv_heads = first.kv_heads();
  Check(heads > 0 && heads % kv_heads == 0 &&
            x.dim(2) == (heads + (packed ? 2 * kv_heads : 0)) * first.head_dim(),
        std::string(name) + ": " + x.shape().ToString() + " does not hold " +
            std::to_string(heads) + " heads for a cache of " + std::to_string(kv_heads) +
            " heads of dimension " + std::to_string(first.head_dim()));
  for (const KeyValueHeads* cache : caches) {
    Check(cache->kv_heads() == kv_heads && cache->head_dim() == first.head_dim(),
          std::string(name) + ": caches of different layers");
  }
}

}  // namespace

Tensor AttendCached(const Tensor& q, const AttendOptions& options,
                    std::span<KeyValueHeads* const> caches) {
  CheckShapes("AttendCached", q, options, caches, /*packed=*/false);
  for (const KeyValueHeads* cache : caches) {
    Check(cache->kept() >= q.dim(1), "AttendCached: the cache does not hold the queries' tokens");
  }
  return Attend(q.data(), q.dim(2), q.dim(1), options, caches);
}

Tensor AppendAndAttend(const Tensor& qkv, const AttendOptions& options,
                       std::span<KeyValueHeads* const> caches) {
  CheckShapes("AppendAndAttend", qkv, options, caches, /*packed=*/true);
  const int64_t T = qkv.dim(1), columns = qkv.dim(2);
  const int64_t k_begin = options.num_heads * caches[0]->head_dim();
  const int64_t v_begin = k_begin + caches[0]->kv_heads() * caches[0]->head_dim();
  for (size_t b = 0; b < caches.size(); ++b) {
    const float* const rows = qkv.data() + static_cast<int64_t>(b) * T * columns;
    caches[b]->Append(rows + k_begin, rows + v_begin, T, columns);
  }
  return Attend(qkv.data(), columns, T, options, caches);
}

std::vector<KeyValueHeads*> CheckedCaches(const std::string& layer, const Tensor& x, int64_t d_in,
                                          int64_t kv_heads, int64_t head_dim,
                                          std::span<AttentionCache* const> caches) {
  Check(x.rank() == 3 && x.dim(2) == d_in && x.dim(1) > 0 && !caches.empty() &&
            x.dim(0) == static_cast<int64_t>(caches.size()),
        layer + ": x " + x.shape().ToString() + " with " + std::to_string(caches.size()) +
            " caches: [B, T, " + std::to_string(d_in) + "] with B of them expected");
  std::vector<KeyValueHeads*> checked;
  for (AttentionCache* cache : caches) {
    auto* const heads = dynamic_cast<KeyValueHeads*>(cache);
    Check(heads != nullptr && heads->kv_heads() == kv_heads && heads->head_dim() == head_dim,
          layer + ": a cache that another layer made");
    Check(std::find(checked.begin(), checked.end(), heads) == checked.end(),
          layer + ": two sequences with the same cache");
    Check(heads->tokens() + x.dim(1) <= heads->max_tokens(),
          layer + ": " + std::to_string(x.dim(1)) + " tokens after " +
              std::to_string(heads->tokens()) + " are more than the cache's " +
              std::to_string(heads->max_tokens()));
    checked.push_back(heads);
  }
  return checked;
}

}  // namespace gokart
