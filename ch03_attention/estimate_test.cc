// The figures that the workshop's estimators print.
#include "ch03_attention/estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gokart {
namespace {

double Bytes(const CacheModel& model, size_t which) { return EstimateCaches(model)[which].bytes; }

enum Which { kMha, kGqa, kMla, kMhaWindow, kGqaWindow, kDelta, kDeltaMix };

// ch04/04: a context of 32768, width 4096, 32 heads, 32 layers, groups of 4, bfloat16.
TEST(Estimate, GroupedQueries) {
  EXPECT_EQ(Bytes({}, kMha), 17179869184);
  EXPECT_EQ(Bytes({}, kGqa), 4294967296);
  // The plot's model: width 2048, 24 heads, 48 layers, 131072 tokens. Heads of 2048 / 24 channels
  // are rounded up to 86.
  CacheModel plot = {.context_length = 131072, .emb_dim = 2048, .n_heads = 24, .n_layers = 48};
  EXPECT_NEAR(Bytes(plot, kMha) / 1e9, 51.94, 0.005);
  for (const auto& [groups, gigabytes] :
       {std::pair(4, 12.99), std::pair(8, 6.49), std::pair(12, 4.33), std::pair(24, 2.16)}) {
    plot.group_size = groups;
    EXPECT_NEAR(Bytes(plot, kGqa) / 1e9, gigabytes, 0.006) << groups;
  }
}

// ch04/05: a context of 8192, width 2048, 24 heads, 48 layers, latent vectors of 1024.
TEST(Estimate, LatentVectors) {
  const CacheModel model = {
      .context_length = 8192, .emb_dim = 2048, .n_heads = 24, .n_layers = 48, .latent_dim = 1024};
  EXPECT_NEAR(Bytes(model, kMha) / 1e9, 3.25, 0.005);
  EXPECT_NEAR(Bytes(model, kGqa) / 1e9, 0.81, 0.005);
  EXPECT_NEAR(Bytes(model, kMla) / 1e9, 0.81, 0.005);
  EXPECT_NEAR(Bytes(model, kMha) / Bytes(model, kGqa), 4.00, 0.005);
  EXPECT_NEAR(Bytes(model, kMha) / Bytes(model, kMla), 4.03, 0.005);
}

// ch04/06: a window of 1024 in five layers of six, which makes 27 sliding ones of 32.
TEST(Estimate, SlidingWindows) {
  EXPECT_EQ(CountSliding(32, 5), 27);
  EXPECT_EQ(CountSliding(32, 0), 0);
  EXPECT_NEAR(Bytes({}, kMhaWindow) / 1e9, 3.14, 0.005);
  EXPECT_NEAR(Bytes({}, kGqaWindow) / 1e9, 0.78, 0.006);
}

// ch04/08: width 2048, 16 heads, 48 layers.
TEST(Estimate, GatedDeltaNet) {
  CacheModel model = {.emb_dim = 2048, .n_heads = 16, .n_layers = 48};
  for (const auto& [context, mha, mix] :
       {std::tuple(8192, 3.22, 0.824), std::tuple(32768, 12.88, 3.24),
        std::tuple(131072, 51.54, 12.90)}) {
    model.context_length = context;
    EXPECT_NEAR(Bytes(model, kMha) / 1e9, mha, 0.006) << context;
    EXPECT_NEAR(Bytes(model, kDelta) / 1e9, 0.0252, 0.00005) << context;
    EXPECT_NEAR(Bytes(model, kDeltaMix) / 1e9, mix, 0.006) << context;
  }
}

TEST(Estimate, TableSaysHowMuchLess) {
  const std::string table = EstimateTable({});
  EXPECT_THAT(table, ::testing::HasSubstr("17.18 GB"));
  EXPECT_THAT(table, ::testing::HasSubstr("4.29 GB    4.00x"));
}

TEST(Estimate, RefusesWhatMakesNoModel) {
  EXPECT_TRUE(CheckCacheModel({}).ok());
  EXPECT_THAT(std::string(CheckCacheModel({.group_size = 5}).message()),
              ::testing::HasSubstr("group_size is 5, which does not divide n_heads 32"));
  EXPECT_FALSE(CheckCacheModel({.context_length = 0}).ok());
  EXPECT_FALSE(CheckCacheModel({.n_layers = int64_t{1} << 40}).ok());
  EXPECT_FALSE(CheckCacheModel({.bytes_per_value = 0}).ok());
  EXPECT_FALSE(CheckCacheModel({.sliding_per_full = -1}).ok());
}

}  // namespace
}  // namespace gokart
