// Variants that are the same function under the same weights, and those that become another one at
// the end of their range.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "ch03_attention/make_attention.h"
#include "ch03_attention/variants/flex_attention.h"
#include "ch03_attention/variants/sink_attention.h"
#include "tensor/ops/layout.h"
#include "tensor/random.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

AttentionConfig Config() {
  return {.d_in = 24, .d_out = 36, .context_length = 150, .num_heads = 6, .qkv_bias = true};
}

std::unique_ptr<AttentionLayer> MakeSeeded(const std::string& name, const AttentionConfig& config,
                                           uint64_t seed) {
  ManualSeed(seed);
  return MakeAttention(name, config);
}

// Rows of W_query.weight and the like in `from`, under the names of MultiHeadAttention.
const NamedPart& Find(const std::vector<NamedPart>& parts, const std::string& name) {
  for (const NamedPart& part : parts) {
    if (part.name == name) return part;
  }
  throw std::invalid_argument("no part " + name);
}

// "stack.heads.2.W_query.weight" -> rows 2 D ... of W_query.weight; "W_query" -> its transpose;
// "bias_q" -> W_query.bias.
void CopyPart(const AttentionConfig& config, const std::vector<NamedPart>& from, NamedPart to) {
  const std::string name = to.name;
  float* const out = to.mutable_data();
  if (name.starts_with("stack.heads.")) {
    const int64_t head = name[12] - '0';
    const auto values = Find(from, name.substr(14)).values();
    std::copy_n(values.begin() + head * to.size(), to.size(), out);
  } else if (name.starts_with("bias_")) {
    const std::string role = name == "bias_q" ? "query" : name == "bias_k" ? "key" : "value";
    const auto values = Find(from, "W_" + role + ".bias").values();
    std::copy(values.begin(), values.end(), out);
  } else if (name.starts_with("W_") && !name.ends_with("t") && !name.ends_with("s")) {
    const auto values = Find(from, name + ".weight").values();
    for (int64_t i = 0; i < config.d_in; ++i) {
      for (int64_t o = 0; o < config.d_out; ++o) {
        out[i * config.d_out + o] = values[o * config.d_in + i];
      }
    }
  } else {
    const auto values = Find(from, name).values();
    ASSERT_EQ(static_cast<int64_t>(values.size()), to.size()) << name;
    std::copy(values.begin(), values.end(), out);
  }
}

// A layer with the weights of `didactic`, as far as it has them.
std::unique_ptr<AttentionLayer> WithWeightsOf(const AttentionLayer& didactic,
                                              const std::string& name,
                                              const AttentionConfig& config) {
  auto layer = MakeSeeded(name, config, 99);
  const std::vector<NamedPart> from = didactic.NamedParts();
  for (const NamedPart& to : layer->NamedParts()) {
    if (to.name != "sinks") CopyPart(config, from, to);
  }
  return layer;
}

double LargestDifference(const Tensor& a, const Tensor& b) {
  double largest = a.shape() == b.shape() ? 0 : INFINITY;
  for (int64_t i = 0; i < a.size() && std::isfinite(largest); ++i) {
    const double difference = std::abs(a.data()[i] - b.data()[i]);
    largest = difference <= largest ? largest : difference;
  }
  return largest;
}

void ExpectSame(const AttentionLayer& a, const AttentionLayer& b, const AttentionConfig& config) {
  const Tensor seed = RandomTensor({2, config.context_length, config.d_out}, 2);
  Tensor x_a = RandomTensor({2, config.context_length, config.d_in}, 1), x_b = x_a.Clone();
  x_a.RequireGrad();
  x_b.RequireGrad();
  const Tensor y_a = a.Forward(x_a), y_b = b.Forward(x_b);
  EXPECT_LT(LargestDifference(y_a, y_b), 1e-5);
  y_a.Backward(seed);
  y_b.Backward(seed);
  EXPECT_LT(LargestDifference(x_a.grad(), x_b.grad()), 1e-5);
}

TEST(Equivalence, AllWaysToComputeTheChaptersAttention) {
  const AttentionConfig config = Config();
  const auto didactic = MakeSeeded("didactic", config, 1);
  int compared = 0;
  for (const AttentionKind& kind : AttentionKinds()) {
    if (!kind.same_function) continue;
    SCOPED_TRACE(kind.name);
    ExpectSame(*didactic, *WithWeightsOf(*didactic, kind.name, config), config);
    ++compared;
  }
  EXPECT_EQ(compared, 9);
  // And the comparison sees a difference where there is one.
  const auto other = MakeSeeded("didactic", config, 2);
  const Tensor x = RandomTensor({1, 3, config.d_in}, 1);
  EXPECT_GT(LargestDifference(didactic->Forward(x), other->Forward(x)), 1e-2);
}

TEST(Equivalence, AsManyGroupsAsHeads) {
  AttentionConfig config = Config();
  const auto didactic = MakeSeeded("didactic", config, 1);
  config.num_kv_groups = config.num_heads;
  ExpectSame(*didactic, *WithWeightsOf(*didactic, "gqa", config), config);
}

TEST(Equivalence, OneGroupIsMultiQuery) {
  AttentionConfig config = Config();
  const auto mqa = MakeSeeded("mqa", config, 1);
  config.num_kv_groups = 1;
  ExpectSame(*mqa, *WithWeightsOf(*mqa, "gqa", config), config);
}

TEST(Equivalence, AWindowAsLongAsTheSequence) {
  AttentionConfig config = Config();
  const auto didactic = MakeSeeded("didactic", config, 1);
  config.window = config.context_length;
  ExpectSame(*didactic, *WithWeightsOf(*didactic, "swa", config), config);
  config.window = 7;
  config.layer = 3;  // a full layer
  ExpectSame(*didactic, *WithWeightsOf(*didactic, "swa_full", config), config);
  config.layer = 4;  // a sliding one
  const auto slides = WithWeightsOf(*didactic, "swa_full", config);
  ExpectSame(*WithWeightsOf(*didactic, "swa", config), *slides, config);
}

TEST(Equivalence, SinksThatNothingFlowsInto) {
  const AttentionConfig config = Config();
  const auto didactic = MakeSeeded("didactic", config, 1);
  const auto layer = WithWeightsOf(*didactic, "sinks", config);
  auto& sinks = dynamic_cast<SinkAttention&>(*layer).sinks;
  std::fill_n(sinks.mutable_data(), config.num_heads, -1e30f);
  ExpectSame(*didactic, *layer, config);
}

TEST(Equivalence, AWindowAsAMaskFunction) {
  AttentionConfig config = Config();
  config.window = 20;
  const auto swa = MakeSeeded("swa", config, 1);
  FlexAttention flex(config, [](int64_t query, int64_t key) { return key > query - 20; });
  for (const NamedPart& part : flex.NamedParts()) CopyPart(config, swa->NamedParts(), part);
  ExpectSame(*swa, flex, config);
  // 150 tokens are three blocks; the lower left one is out of sight.
  const auto mask = flex.Mask(150);
  EXPECT_EQ(mask->Count(ops::BlockMask::Kind::kEmpty), 4);
  EXPECT_EQ(mask->Count(ops::BlockMask::Kind::kFull), 0);
}

// Documents in one sequence are computed as if each were alone.
TEST(Equivalence, DocumentsThatDoNotSeeEachOther) {
  const AttentionConfig config = Config();
  FlexAttention flex(config, [](int64_t query, int64_t key) { return query / 50 == key / 50; });
  flex.Eval();
  const auto plain = MakeSeeded("sdpa", config, 5);
  for (const NamedPart& part : flex.NamedParts()) CopyPart(config, plain->NamedParts(), part);
  const Tensor x = RandomTensor({1, 150, config.d_in}, 1);
  const Tensor y = flex.Forward(x);
  for (int64_t begin = 0; begin < 150; begin += 50) {
    const Tensor document = ops::Slice(x, 1, begin, begin + 50);
    EXPECT_LT(LargestDifference(ops::Slice(y, 1, begin, begin + 50), plain->Forward(document)),
              1e-5);
  }
  const auto cache = flex.MakeCache(150);
  AttentionCache* const caches[] = {cache.get()};
  const Tensor prompt = flex.ForwardCached(ops::Slice(x, 1, 0, 120), caches);
  EXPECT_LT(LargestDifference(prompt, ops::Slice(y, 1, 0, 120)), 1e-5);
  const Tensor next = flex.ForwardCached(ops::Slice(x, 1, 120, 121), caches);
  EXPECT_LT(LargestDifference(next, ops::Slice(y, 1, 120, 121)), 1e-5);
}

}  // namespace
}  // namespace gokart
