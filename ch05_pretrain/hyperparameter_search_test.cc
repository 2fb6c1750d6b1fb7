#include "ch05_pretrain/hyperparameter_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(ParseGrid, NamesAndValues) {
  const Grid grid = *ParseGrid("learning_rate=1e-3,4e-3  n_layers=1,2,3");
  EXPECT_THAT(grid, ElementsAre(Pair("learning_rate", ElementsAre("1e-3", "4e-3")),
                                Pair("n_layers", ElementsAre("1", "2", "3"))));
  const std::vector<Combination> all = Combinations(grid);
  ASSERT_EQ(all.size(), 6u);
  EXPECT_THAT(all[1], ElementsAre(Pair("learning_rate", "1e-3"), Pair("n_layers", "2")));
}

// The workshop's search has 4 x 3 x 3 x 3 x 4 x 2 x 3 x 5 combinations.
TEST(ParseGrid, TheWorkshopsGrid) {
  const Grid grid = *ParseGrid(
      "batch_size=2,4,8,16 drop_rate=0,0.1,0.2 warmup_steps=10,20,30 weight_decay=0.1,0.01,0 "
      "learning_rate=1e-4,5e-4,1e-3,5e-3 initial_learning_rate=5e-5,1e-4 "
      "min_learning_rate=5e-5,1e-5,1e-4 "
      "num_epochs=5,10,15,20,25");
  EXPECT_EQ(Combinations(grid).size(), 12960u);
}

TEST(ParseGrid, Mistakes) {
  const auto error = [](const char* text) {
    return std::string(ParseGrid(text).status().message());
  };
  EXPECT_THAT(error("learning_rat=1"), HasSubstr("did you mean 'learning_rate'"));
  EXPECT_THAT(error("drop_rate"), HasSubstr("name=value"));
  EXPECT_THAT(error("drop_rate=0 drop_rate=1"), HasSubstr("given twice"));
  EXPECT_THAT(error(" "), HasSubstr("empty"));
}

TEST(Apply, SetsFieldsOfRunAndModel) {
  PretrainOptions base;
  base.text = "x";
  const PretrainOptions o = *Apply(
      base, {{"n_layers", "3"}, {"drop_rate", "0.25"}, {"qkv_bias", "true"}, {"batch_size", "7"}});
  EXPECT_EQ(o.model.n_layers, 3);
  EXPECT_EQ(o.model.drop_rate, 0.25);
  EXPECT_TRUE(o.model.qkv_bias);
  EXPECT_EQ(o.batch_size, 7);
  EXPECT_THAT(std::string(Apply(base, {{"n_layers", "few"}}).status().message()),
              HasSubstr("n_layers cannot be 'few'"));
  EXPECT_FALSE(Apply(base, {{"n_heads", "5"}}).ok());
}

TEST(SearchGrid, RanksResultsAndGoesOnWhereItStopped) {
  const std::string folder = ::testing::TempDir() + "/search." + std::to_string(getpid());
  PretrainOptions base;
  base.tokenizer = "bpe:280";
  base.story_characters = 8000;
  base.model.context_length = 16;
  base.model.emb_dim = 8;
  base.model.n_heads = 1;
  base.model.n_layers = 1;
  base.batch_size = 8;
  base.eval_freq = 5;
  const Grid grid = *ParseGrid("learning_rate=1e-6,2e-2 n_heads=1,3");  // 3 heads do not divide 8
  int started = 0;
  SearchObserver observer;
  observer.on_start = [&](int64_t, int64_t, const Combination&) { ++started; };
  const auto results = SearchGrid(base, grid, folder, observer);
  ASSERT_TRUE(results.ok()) << results.status().message();
  ASSERT_EQ(results->size(), 4u);
  EXPECT_EQ((*results)[0].combination[0].second, "2e-2");
  EXPECT_LT((*results)[0].val_loss, (*results)[1].val_loss);
  EXPECT_THAT((*results)[2].error, HasSubstr("n_heads"));
  EXPECT_EQ(started, 4);
  const auto again = SearchGrid(base, grid, folder, observer);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(started, 4) << "nothing is trained twice";
  EXPECT_NEAR((*again)[0].val_loss, (*results)[0].val_loss, 1e-6);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace gokart
