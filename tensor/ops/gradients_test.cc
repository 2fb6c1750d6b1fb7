// The gradient of every operation, checked against finite differences on odd shapes: extents of 1,
// primes, sizes off the vector width. The list of cases is explicit; a test at the end compares it
// with the headers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tensor/ops/ops.h"
#include "tensor/testing/gradient_check.h"

namespace gokart {
namespace {

using Inputs = std::vector<Tensor>;

struct Case {
  std::string operation;  // as the header declares it
  std::vector<Shape> shapes;
  TensorFunction function;
  std::vector<int> zero_expected = {};
  // Maps the standard normal values of the inputs to where the operation is defined and smooth.
  std::function<float(float)> domain = [](float x) { return x; };
};

float Positive(float x) { return 0.5f + std::fabs(x); }
float AwayFromZero(float x) { return x < 0 ? x - 0.2f : x + 0.2f; }

// A fresh generator for each call, so that every evaluation draws the same mask.
Tensor DropoutWithSeed(const Tensor& x, double p) {
  Generator generator(11);
  return ops::Dropout(x, p, generator);
}

Tensor AttentionWithDropout(const Inputs& x, ops::AttentionOptions options) {
  Generator generator(12);
  options.generator = &generator;
  return x.size() == 1 ? ops::AttentionPacked(x[0], options)
                       : ops::Attention(x[0], x[1], x[2], options);
}

std::vector<Case> MakeCases() {
  std::vector<Case> cases;
  const auto add = [&](Case c) { cases.push_back(std::move(c)); };
  for (const Shape& s : {Shape{1}, Shape{3, 5}, Shape{2, 1, 17}, Shape{31}}) {
    add({"Add", {s, s}, [](const Inputs& x) { return ops::Add(x[0], x[1]); }});
    add({"Subtract", {s, s}, [](const Inputs& x) { return ops::Subtract(x[0], x[1]); }});
    add({"Multiply", {s, s}, [](const Inputs& x) { return ops::Multiply(x[0], x[1]); }});
    add({"SwiGlu", {s, s}, [](const Inputs& x) { return ops::SwiGlu(x[0], x[1]); }});
    add({"Divide", {s, s}, [](const Inputs& x) { return ops::Divide(x[0], x[1]); }, {}, Positive});
    add({"Scale", {s}, [](const Inputs& x) { return ops::Scale(x[0], -1.7f); }});
    add({"AddScalar", {s}, [](const Inputs& x) { return ops::AddScalar(x[0], 3); }});
    add({"Exp", {s}, [](const Inputs& x) { return ops::Exp(x[0]); }});
    add({"Log", {s}, [](const Inputs& x) { return ops::Log(x[0]); }, {}, Positive});
    add({"Sqrt", {s}, [](const Inputs& x) { return ops::Sqrt(x[0]); }, {}, Positive});
    add({"Square", {s}, [](const Inputs& x) { return ops::Square(x[0]); }});
    add({"Softplus", {s}, [](const Inputs& x) { return ops::Softplus(x[0]); }});
    add({"Gelu", {s}, [](const Inputs& x) { return ops::Gelu(x[0]); }});
    add({"GeluExact", {s}, [](const Inputs& x) { return ops::GeluExact(x[0]); }});
    add({"Relu", {s}, [](const Inputs& x) { return ops::Relu(x[0]); }, {}, AwayFromZero});
    add({"Silu", {s}, [](const Inputs& x) { return ops::Silu(x[0]); }});
    add({"Tanh", {s}, [](const Inputs& x) { return ops::Tanh(x[0]); }});
    add({"Sigmoid", {s}, [](const Inputs& x) { return ops::Sigmoid(x[0]); }});
    add({"Dropout", {s}, [](const Inputs& x) {
           return DropoutWithSeed(ops::Concat({x[0], x[0], x[0]}, 0), 0.4);
         }});
    add({"Sum", {s}, [](const Inputs& x) { return ops::Sum(x[0]); }});
    add({"Mean", {s}, [](const Inputs& x) { return ops::Mean(x[0]); }});
  }
  // Broadcasting: a missing axis, an extent of 1, both sides at once, a scalar.
  add({"BroadcastTo", {{3, 1}}, [](const Inputs& x) { return ops::BroadcastTo(x[0], {2, 3, 5}); }});
  add({"BroadcastTo", {Shape{}}, [](const Inputs& x) { return ops::BroadcastTo(x[0], {3, 1}); }});
  add({"Add", {{2, 3, 5}, {5}}, [](const Inputs& x) { return ops::Add(x[0], x[1]); }});
  add({"Multiply", {{2, 1, 5}, {3, 1}}, [](const Inputs& x) { return ops::Multiply(x[0], x[1]); }});
  add({"Subtract", {{3}, {2, 3}}, [](const Inputs& x) { return ops::Subtract(x[0], x[1]); }});
  add({"Divide",
       {{2, 3}, Shape{}},
       [](const Inputs& x) { return ops::Divide(x[0], x[1]); },
       {},
       Positive});
  for (int axis : {0, 1, 2, -1}) {
    add({"Sum", {{3, 5, 7}}, [axis](const Inputs& x) { return ops::Sum(x[0], axis); }});
    add({"Mean", {{3, 5, 7}}, [axis](const Inputs& x) { return ops::Mean(x[0], axis, true); }});
  }
  // Products in all four layouts, as matrices, batched, and with a shared second factor.
  for (bool ta : {false, true}) {
    for (bool tb : {false, true}) {
      const auto product = [ta, tb](const Inputs& x) { return ops::MatMul(x[0], x[1], {ta, tb}); };
      for (auto [m, n, k] : {std::array<int64_t, 3>{1, 1, 1}, {3, 5, 7}, {17, 2, 13}}) {
        const Shape a = ta ? Shape{k, m} : Shape{m, k}, b = tb ? Shape{n, k} : Shape{k, n};
        add({"MatMul", {a, b}, product});
        add({"MatMul", {{2, 3, a[0], a[1]}, {2, 3, b[0], b[1]}}, product});
        if (!ta) add({"MatMul", {{2, a[0], a[1]}, b}, product});
      }
    }
  }
  for (auto [rows, in, out] : {std::array<int64_t, 3>{1, 1, 1}, {3, 5, 7}, {5, 17, 2}}) {
    const std::vector<Shape> shapes = {{1, rows, in}, {out, in}, {out}};
    add({"Linear", shapes, [](const Inputs& x) { return ops::Linear(x[0], x[1], x[2]); }});
    add({"Linear", {shapes[0], shapes[1]}, [](const Inputs& x) {
           return ops::Linear(x[0], x[1], Tensor());
         }});
    add({"LinearGelu", shapes, [](const Inputs& x) { return ops::LinearGelu(x[0], x[1], x[2]); }});
  }
  for (const Shape& s : {Shape{2}, Shape{3, 5}, Shape{2, 2, 17}, Shape{1, 33}}) {
    add({"Softmax", {s}, [](const Inputs& x) { return ops::Softmax(x[0]); }});
    add({"LogSoftmax", {s}, [](const Inputs& x) { return ops::LogSoftmax(x[0]); }});
    const Shape c = {s[-1]};
    // Two values normalise to +-1 whatever they are: no gradient for x there.
    const std::vector<int> zero = s[-1] == 2 ? std::vector<int>{0} : std::vector<int>{};
    add({"LayerNorm",
         {s, c, c},
         [](const Inputs& x) { return ops::LayerNorm(x[0], x[1], x[2]); },
         zero});
    add({"RmsNorm", {s, c}, [](const Inputs& x) { return ops::RmsNorm(x[0], x[1]); }});
  }
  add({"CausalMask", {{2, 5, 5}}, [](const Inputs& x) {
         return ops::Softmax(ops::CausalMask(x[0]));
       }});
  add({"CausalMask", {{3, 7}}, [](const Inputs& x) {
         return ops::Softmax(ops::CausalMask(x[0]));
       }});
  add({"MaskedFill", {{2, 3}}, [](const Inputs& x) {
         const uint8_t mask[] = {0, 1, 0};
         return ops::MaskedFill(x[0], mask, 2);
       }});
  add({"EmbeddingLookup", {{5, 7}}, [](const Inputs& x) {
         const int32_t ids[] = {4, 0, 4, 2, 1, 4};
         return ops::EmbeddingLookup(x[0], ids, {2, 3});
       }});
  for (const Shape& s : {Shape{1, 3}, Shape{2, 3, 17}}) {
    add({"CrossEntropy", {s}, [](const Inputs& x) {
           std::vector<int32_t> targets(x[0].size() / x[0].dim(-1), 1);
           if (targets.size() > 1) targets[1] = ops::kIgnoreIndex;
           return ops::CrossEntropy(x[0], targets);
         }});
  }
  add({"Reshape", {{3, 5}}, [](const Inputs& x) { return ops::Reshape(x[0], {5, 3}); }});
  add({"Transpose", {{2, 3, 5, 7}}, [](const Inputs& x) { return ops::Transpose(x[0], 1, 2); }});
  add({"Transpose", {{3, 5}}, [](const Inputs& x) { return ops::Transpose(x[0], -1, 0); }});
  add({"Slice", {{3, 5, 2}}, [](const Inputs& x) { return ops::Slice(x[0], 1, 1, 4); }});
  add({"Select", {{3, 5, 2}}, [](const Inputs& x) { return ops::Select(x[0], 1, 4); }});
  add({"Concat", {{2, 3}, {2, 1}}, [](const Inputs& x) { return ops::Concat({x[0], x[1]}, 1); }});
  add({"RepeatInterleave", {{2, 3, 5}}, [](const Inputs& x) {
         return ops::RepeatInterleave(x[0], 1, 3);
       }});
  add({"Gather", {{2, 3, 5}}, [](const Inputs& x) {
         const int32_t index[] = {4, 0, 1, 1, 2, 4};
         return ops::Gather(x[0], index);
       }});
  for (auto [t, heads, kv_heads, d] :
       {std::array<int64_t, 4>{1, 1, 1, 1}, {5, 2, 2, 3}, {7, 4, 2, 5}}) {
    for (double p : {0.0, 0.3}) {
      const ops::AttentionOptions options = {
          .num_heads = heads, .num_kv_heads = kv_heads, .window = p > 0 ? 3 : 0, .drop_rate = p};
      const auto attend = [options](const Inputs& x) { return AttentionWithDropout(x, options); };
      // One token attends to itself only, with weight 1: queries and keys have no influence.
      const std::vector<int> zero = t == 1 ? std::vector<int>{0, 1} : std::vector<int>{};
      if (t == 1 && p > 0) continue;  // the mask may drop all there is
      add({"Attention",
           {{2, t, heads * d}, {2, t, kv_heads * d}, {2, t, kv_heads * d}},
           attend,
           zero});
      add({"AttentionPacked", {{2, t, (heads + 2 * kv_heads) * d}}, attend});
    }
  }
  const std::vector<Shape> attention = {{2, 5, 6}, {2, 5, 6}, {2, 5, 6}};
  add({"Attention", attention, [](const Inputs& x) {
         const auto mask = std::make_shared<const ops::BlockMask>(ops::BlockMask::Compile(
             5, [](int64_t query, int64_t key) { return key <= query || key == 3; }));
         return ops::Attention(x[0], x[1], x[2], {.num_heads = 2, .mask = mask});
       }});
  add({"Attention", attention, [](const Inputs& x) {
         return ops::Attention(x[0], x[1], x[2], {.num_heads = 2, .slopes = {0.7f, 0.1f}});
       }});
  add({"Attention", {{2, 5, 6}, {2, 5, 6}, {2, 5, 6}, {2}}, [](const Inputs& x) {
         return ops::Attention(x[0], x[1], x[2], {.num_heads = 2, .sinks = x[3]});
       }});
  add({"AttentionPacked", {{2, 5, 18}, {2}}, [](const Inputs& x) {
         return ops::AttentionPacked(x[0], {.num_heads = 2, .sinks = x[1]});
       }});
  add({"Rope", {{2, 5, 8}}, [](const Inputs& x) {
         return ops::Rope(x[0], {.num_heads = 2, .base = 50, .first_position = {0, 3}});
       }});
  add({"Rope", {{2, 3, 8}}, [](const Inputs& x) {
         return ops::Rope(x[0], {.num_heads = 2, .frequencies = {1.25, 0.3}});
       }});
  add({"Rope", {{1, 1, 2}}, [](const Inputs& x) { return ops::Rope(x[0], {}); }});
  for (auto [t, heads, d] : {std::array<int64_t, 3>{1, 1, 2}, {5, 2, 3}, {9, 1, 4}}) {
    const Shape vectors = {2, t, heads * d}, numbers = {2, t, heads};
    // One token alone finds an empty memory, which cannot fade.
    const std::vector<int> zero = t == 1 ? std::vector<int>{3} : std::vector<int>{};
    add({"GatedDeltaRule",
         {vectors, vectors, vectors, numbers, numbers},
         [](const Inputs& x) {
           return ops::GatedDeltaRule(x[0], ops::Scale(x[1], 0.5f), x[2],
                                      ops::Scale(ops::Softplus(x[3]), -1), ops::Sigmoid(x[4]));
         },
         zero});
  }
  return cases;
}

const std::vector<Case>& Cases() {
  static const auto* cases = new std::vector<Case>(MakeCases());
  return *cases;
}

Inputs MakeInputs(const Case& c) {
  Inputs inputs;
  for (size_t i = 0; i < c.shapes.size(); ++i) {
    Tensor x = RandomTensor(c.shapes[i], 100 + i);
    for (int64_t j = 0; j < x.size(); ++j) x.mutable_data()[j] = c.domain(x.data()[j]);
    inputs.push_back(x);
  }
  return inputs;
}

class OperationTest : public ::testing::TestWithParam<size_t> {
 protected:
  const Case& c() const { return Cases()[GetParam()]; }
};

TEST_P(OperationTest, GradientEqualsFiniteDifferences) {
  EXPECT_TRUE(
      GradientsAreRight(c().function, MakeInputs(c()), {.zero_expected = c().zero_expected}));
}

TEST_P(OperationTest, OneInputNeedsNoGradient) {
  for (size_t frozen = 0; c().shapes.size() > 1 && frozen < c().shapes.size(); ++frozen) {
    Inputs inputs = MakeInputs(c());
    for (size_t i = 0; i < inputs.size(); ++i) inputs[i].RequireGrad(i != frozen);
    EXPECT_TRUE(GradientsAreRight(c().function, inputs, {.zero_expected = c().zero_expected}))
        << "without a gradient for input " << frozen;
  }
}

TEST_P(OperationTest, SameTensorTwice) {
  for (size_t i = 1; i < c().shapes.size(); ++i) {
    if (!(c().shapes[i] == c().shapes[0])) return;
  }
  const size_t n = c().shapes.size();
  const auto twice = [&](const Inputs& x) { return c().function(Inputs(n, x[0])); };
  const bool constant = n > 1 && (c().operation == "Subtract" || c().operation == "Divide");
  // x - x and x / x are constants: their two gradients must cancel.
  const std::vector<int> zero = constant ? std::vector<int>{0}
                                : n == 1 ? c().zero_expected
                                         : std::vector<int>{};
  EXPECT_TRUE(GradientsAreRight(twice, {MakeInputs(c())[0]}, {.zero_expected = zero}));
}

TEST_P(OperationTest, GradientsAddUpOverTwoCalls) {
  Inputs inputs = MakeInputs(c());
  for (Tensor& x : inputs) x.RequireGrad();
  const Tensor y = c().function(inputs), seed = RandomTensor(y.shape(), 5);
  y.Backward(seed);
  Inputs once;
  for (const Tensor& x : inputs) once.push_back(x.grad().Clone());
  c().function(inputs).Backward(seed);
  for (size_t i = 0; i < inputs.size(); ++i) {
    for (int64_t j = 0; j < inputs[i].size(); ++j) {
      const float expected = 2 * once[i].data()[j];
      ASSERT_NEAR(inputs[i].grad().data()[j], expected, 1e-5f * (1 + std::fabs(expected)))
          << "input " << i << ", flat index " << j;
    }
  }
}

TEST_P(OperationTest, RecordsNothingUnderNoGrad) {
  Inputs inputs = MakeInputs(c());
  for (Tensor& x : inputs) x.RequireGrad();
  NoGrad no_grad;
  EXPECT_FALSE(c().function(inputs).requires_grad());
}

INSTANTIATE_TEST_SUITE_P(All, OperationTest, ::testing::Range<size_t>(0, Cases().size()),
                         [](const auto& info) {
                           return Cases()[info.param].operation + "_" + std::to_string(info.param);
                         });

// Every function that a header of this folder declares must have a case above.
TEST(OperationList, IsComplete) {
  std::set<std::string> tested, declared;
  for (const Case& c : Cases()) tested.insert(c.operation);
  std::ifstream all("tensor/ops/ops.h");
  ASSERT_TRUE(all) << "tensor/ops/ops.h is not among the test's files";
  const std::regex include("#include \"(tensor/ops/.*)\""), declaration("^Tensor (\\w+)\\(");
  std::smatch match;
  for (std::string line; std::getline(all, line);) {
    if (!std::regex_match(line, match, include)) continue;
    std::ifstream header(match[1]);
    ASSERT_TRUE(header) << match[1];
    for (std::string text; std::getline(header, text);) {
      if (std::regex_search(text, match, declaration)) declared.insert(match[1]);
    }
  }
  EXPECT_EQ(declared, tested);
}

}  // namespace
}  // namespace gokart
