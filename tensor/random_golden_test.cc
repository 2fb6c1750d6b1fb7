// Generator against numbers that PyTorch drew: golden files (testdata/generate_rng.py describes how
// each tensor was made) and the numbers that the workshop prints.

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/random.h"
#include "tensor/safetensors.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

const float kLinearBound = 1 / std::sqrt(33.0);  // of torch.nn.Linear(33, 17)

std::vector<float> Normals(Generator& generator, int64_t n, float mean = 0, float std = 1) {
  std::vector<float> x(n);
  generator.Normal(x.data(), n, mean, std);
  return x;
}

std::vector<float> Uniforms(Generator& generator, int64_t n, float low = 0, float high = 1) {
  std::vector<float> x(n);
  generator.Uniform(x.data(), n, low, high);
  return x;
}

// Dropout of n ones.
std::vector<float> Dropout(Generator& generator, int64_t n, double p) {
  std::vector<uint64_t> bits((n + 63) / 64);
  generator.DropoutKeepBits(bits.data(), n, p);
  std::vector<float> x(n);
  for (int64_t i = 0; i < n; ++i) {
    x[i] = bits[i / 64] >> (i % 64) & 1 ? static_cast<float>(1 / (1 - p)) : 0.0f;
  }
  return x;
}

// The order of one pass over torch.utils.data.DataLoader(range(n), shuffle=True).
std::vector<int64_t> LoaderOrder(Generator& generator, int64_t n) {
  generator.RandomInt64();
  return Generator(generator.RandomInt64()).RandomPermutation(n);
}

// --- torch_rng.safetensors
// ------------------------------------------------------------------------

template <typename T>
std::vector<T> Join(std::vector<T> first, const std::vector<T>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// 200 draws of one index each with the softmax of 0, 0.5, ..., 4 as probabilities.
std::vector<int64_t> Choices(Generator& generator) {
  std::vector<float> probs(9);
  double sum = 0;
  for (int i = 0; i < 9; ++i) sum += probs[i] = std::exp(i / 2.0f);
  for (float& p : probs) p = static_cast<float>(p / sum);
  std::vector<int64_t> choices;
  for (int i = 0; i < 200; ++i) choices.push_back(generator.Multinomial(probs));
  return choices;
}

using G = Generator;
template <typename T>
using Draws = std::map<std::string, std::function<std::vector<T>(Generator&)>>;

// How to draw each tensor with a freshly seeded generator.
const Draws<float> kFloatDraws = {
    {"rand", [](G& g) { return Uniforms(g, 1000); }},
    {"randn.1", [](G& g) { return Normals(g, 1); }},
    {"randn.7", [](G& g) { return Normals(g, 7); }},
    {"randn.15", [](G& g) { return Normals(g, 15); }},
    {"randn.16", [](G& g) { return Normals(g, 16); }},
    {"randn.17", [](G& g) { return Normals(g, 17); }},
    {"randn.100", [](G& g) { return Normals(g, 100); }},
    {"randn.4099", [](G& g) { return Normals(g, 4099); }},
    {"randn_twice",
     [](G& g) {
       const std::vector<float> first = Normals(g, 7);
       return Join(first, Normals(g, 7));
     }},
    {"normal", [](G& g) { return Normals(g, 40, 0, 0.02f); }},
    {"linear.weight", [](G& g) { return Uniforms(g, 17 * 33, -kLinearBound, kLinearBound); }},
    {"linear.bias",
     [](G& g) {
       Uniforms(g, 17 * 33);  // the weight
       return Uniforms(g, 17, -kLinearBound, kLinearBound);
     }},
    {"embedding", [](G& g) { return Normals(g, 50 * 3); }},
    {"dropout.0.1", [](G& g) { return Dropout(g, 2000, 0.1); }},
    {"dropout.0.2", [](G& g) { return Dropout(g, 2000, 0.2); }},
    {"dropout.0.5", [](G& g) { return Dropout(g, 2000, 0.5); }},
};

const Draws<int64_t> kIntDraws = {
    {"randperm.9", [](G& g) { return g.RandomPermutation(9); }},
    {"randperm.1000", [](G& g) { return g.RandomPermutation(1000); }},
    {"multinomial", Choices},
    {"loader.9",
     [](G& g) {
       const std::vector<int64_t> first = LoaderOrder(g, 9);
       return Join(first, LoaderOrder(g, 9));
     }},
    {"loader.140",
     [](G& g) {
       const std::vector<int64_t> first = LoaderOrder(g, 140);
       return Join(first, LoaderOrder(g, 140));
     }},
};

// Compares every bit; returns how many tensors were compared.
template <typename T>
int CompareAll(const SafetensorsFile& file, int seed, const Draws<T>& draws) {
  int compared = 0;
  for (const auto& [name, draw] : draws) {
    const StoredTensor* entry = file.Find(std::to_string(seed) + "." + name);
    EXPECT_NE(entry, nullptr) << name;
    if (entry == nullptr) continue;
    Generator generator(seed);
    const std::vector<T> drawn = draw(generator);
    EXPECT_TRUE(std::ranges::equal(std::as_bytes(std::span(drawn)), entry->bytes)) << name;
    ++compared;
  }
  return compared;
}

TEST(RandomGoldenTest, EveryTensorIsReproducedBitForBit) {
  const auto file = SafetensorsFile::Open("tensor/testdata/torch_rng.safetensors");
  ASSERT_TRUE(file.ok()) << file.status();
  int compared = 0;
  for (const int seed : {123, 789}) {
    compared += CompareAll(*file, seed, kFloatDraws) + CompareAll(*file, seed, kIntDraws);
  }
  EXPECT_EQ(compared, 42);
  EXPECT_EQ(compared, file->entries().size());
}

// testdata/generate.py: torch.randint(0, 97, (2, 17), generator=Generator().manual_seed(21)), of
// which the inputs are the first 16 columns and the targets the last 16.
TEST(RandomGoldenTest, RandomIntAsTorchRandint) {
  const auto file = SafetensorsFile::Open("tensor/testdata/gpt2_micro/expected.safetensors");
  ASSERT_TRUE(file.ok()) << file.status();
  const std::vector<int64_t> inputs = file->Find("input_ids")->Int64s();
  const std::vector<int64_t> targets = file->Find("target_ids")->Int64s();
  Generator generator(21);
  for (int b = 0; b < 2; ++b) {
    for (int t = 0; t < 17; ++t) {
      const int64_t id = generator.RandomInt(0, 97);
      EXPECT_EQ(id, t < 16 ? inputs[b * 16 + t] : targets[b * 16 + 15]) << b << " " << t;
    }
  }
}

// --- Numbers that the workshop prints, all with seed 123
// ------------------------------------------

TEST(RandomGoldenTest, EmbeddingOfChapter2) {
  Generator generator(123);
  EXPECT_THAT(Normals(generator, 18),
              Pointwise(FloatNear(5.1e-5), {0.3374, -0.1778, -0.1690, 0.9178, 1.5810, 1.3010,  //
                                            1.2753, -0.2010, -0.1606, -0.4015, 0.9666, -1.1481,
                                            -1.1589, 0.3255, -0.6315, -2.8400, -0.7849, -1.4096}));
}

TEST(RandomGoldenTest, AttentionWeightsOfChapter3) {
  Generator generator(123);
  EXPECT_THAT(Uniforms(generator, 6),
              Pointwise(FloatNear(5.1e-5), {0.2961, 0.5166, 0.2517, 0.6886, 0.0740, 0.8665}));
  EXPECT_THAT(Uniforms(generator, 6),
              Pointwise(FloatNear(5.1e-5), {0.1366, 0.1025, 0.1841, 0.7264, 0.3153, 0.6871}));
  EXPECT_THAT(Uniforms(generator, 6),
              Pointwise(FloatNear(5.1e-5), {0.0756, 0.1966, 0.3164, 0.4017, 0.1186, 0.8274}));
}

TEST(RandomGoldenTest, DropoutOfChapter3) {
  Generator generator(123);
  EXPECT_THAT(Dropout(generator, 36, 0.5), ElementsAre(2, 2, 0, 2, 2, 0,  //
                                                       0, 0, 0, 2, 0, 2,  //
                                                       2, 2, 2, 2, 0, 2,  //
                                                       0, 2, 2, 0, 0, 2,  //
                                                       0, 2, 0, 2, 0, 2,  //
                                                       0, 2, 2, 2, 2, 0));
}

// Batches of two over five samples: [3, 1], [0, 2], [4].
TEST(RandomGoldenTest, LoaderOrderOfAppendixA) {
  Generator generator(123);
  EXPECT_THAT(LoaderOrder(generator, 5), ElementsAre(3, 1, 0, 2, 4));
}

}  // namespace
}  // namespace gokart
