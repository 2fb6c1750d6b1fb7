#include "ch06_classify/lora_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "ch04_model/gpt_model.h"
#include "tensor/random.h"
#include "tensor/safetensors.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

const TokenIds& Ids() {
  static const auto& ids = *new TokenIds{{3, 1, 4, 1, 5}};
  return ids;
}

std::unique_ptr<GPTModel> Model(uint64_t seed) {
  GptConfig c;
  c.vocab_size = 20, c.context_length = 8, c.emb_dim = 8, c.n_heads = 2, c.n_layers = 1;
  ManualSeed(seed);
  auto model = std::make_unique<GPTModel>(c);
  model->Eval();
  return model;
}

class LoraFileTest : public ::testing::Test {
 protected:
  LoraFileTest() : folder_(::testing::TempDir() + "/lora_file." + std::to_string(getpid())) {
    base_ = FingerprintOf(Model(1)->NamedParts(), {"out_head"});
  }
  ~LoraFileTest() override { std::filesystem::remove_all(folder_); }

  // A model whose adapters and head have changed, saved; returns its outputs.
  Tensor Save() {
    const std::unique_ptr<GPTModel> model = Model(1);
    const LoraConfig config = {
        .rank = 2, .alpha = 6, .targets = {"W_query", "ff.layers.0"}, .also_train = {"out_head"}};
    EXPECT_TRUE(AddLora(*model, config).ok());
    for (const NamedLora& lora : LoraLayers(*model)) {
      GlobalGenerator().Normal(lora.layer->lora_b.mutable_data(), lora.layer->lora_b.size());
    }
    GlobalGenerator().Normal(model->out_head->weight.mutable_data(), 160);
    const absl::Status saved = SaveLora(folder_, *model, model->NamedParts(),
                                        {.config = config,
                                         .base = base_,
                                         .base_path = "runs/base",
                                         .modules_to_save = {"out_head"},
                                         .metadata = {{"note", "hello"}}});
    EXPECT_TRUE(saved.ok()) << saved;
    return model->Forward(Ids());
  }

  std::string LoadError(GPTModel& model) {
    return std::string(LoadLora(folder_, model, model.NamedParts(),
                                FingerprintOf(model.NamedParts(), {"out_head"}))
                           .message());
  }

  void Edit(const std::string& key, const nlohmann::json& value) {
    const std::string path = folder_ + "/adapter_config.json";
    nlohmann::json json = nlohmann::json::parse(*ReadFile(path));
    json[key] = value;
    ASSERT_TRUE(WriteFile(path, json.dump()).ok());
  }

  const std::string folder_;
  std::string base_;
};

TEST_F(LoraFileTest, ReloadsToTheSameOutputs) {
  const Tensor expected = Save();
  const std::unique_ptr<GPTModel> model = Model(1);
  EXPECT_EQ(LoadError(*model), "");
  EXPECT_THAT(model->Forward(Ids()).values(), Pointwise(FloatNear(0), expected.values()));
  const absl::StatusOr<LoraFileInfo> info = ReadLoraInfo(folder_);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->config.rank, 2);
  EXPECT_THAT(info->config.targets, ElementsAre("W_query", "ff.layers.0"));
  EXPECT_EQ(info->metadata.at("note"), "hello");
}

// What PEFT writes and reads.
TEST_F(LoraFileTest, HasPeftsNamesAndShapes) {
  Save();
  const absl::StatusOr<SafetensorsFile> file =
      SafetensorsFile::Open(folder_ + "/adapter_model.safetensors");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->entries().size(), 5u);
  const std::string query = "base_model.model.trf_blocks.0.att.W_query.";
  EXPECT_THAT(file->Find(query + "lora_A.weight")->shape, ElementsAre(2, 8));
  EXPECT_THAT(file->Find(query + "lora_B.weight")->shape, ElementsAre(8, 2));
  EXPECT_THAT(file->Find("base_model.model.trf_blocks.0.ff.layers.0.lora_B.weight")->shape,
              ElementsAre(32, 2));
  EXPECT_THAT(file->Find("base_model.model.out_head.weight")->shape, ElementsAre(20, 8));
  const nlohmann::json json = nlohmann::json::parse(*ReadFile(folder_ + "/adapter_config.json"));
  EXPECT_EQ(json["peft_type"], "LORA");
  EXPECT_EQ(json["r"], 2);
  EXPECT_EQ(json["lora_alpha"], 6.0);
  EXPECT_EQ(json["fan_in_fan_out"], false);
}

TEST_F(LoraFileTest, RefusesAnAdapterForAnotherBase) {
  Save();
  const std::unique_ptr<GPTModel> other = Model(2);
  EXPECT_THAT(LoadError(*other), HasSubstr("is an adapter for another base model (runs/base"));
  EXPECT_TRUE(LoraLayers(*other).empty());
  EXPECT_TRUE(other->tok_emb.weight.requires_grad());
}

TEST_F(LoraFileTest, RefusesWhatDoesNotFitOrMakesNoSense) {
  Save();
  const std::unique_ptr<GPTModel> model = Model(1);
  Edit("r", 3);
  EXPECT_THAT(LoadError(*model), HasSubstr("lora_A.weight is F32 [2, 8], expected [3, 8]"));
  Edit("r", -1);
  EXPECT_THAT(LoadError(*model), HasSubstr("r is -1"));
  Edit("r", "two");
  EXPECT_THAT(LoadError(*model), HasSubstr("adapter_config.json"));
  Edit("r", 2);
  Edit("target_modules", {"W_query", "W_key", "ff.layers.0"});
  EXPECT_THAT(LoadError(*model), HasSubstr("W_key.lora_A.weight [2, 8] is missing"));
  Edit("target_modules", {"W_query"});
  EXPECT_THAT(LoadError(*model), HasSubstr("has 5 tensors, but 3 belong"));
  Edit("peft_type", "IA3");
  EXPECT_THAT(LoadError(*model), HasSubstr("is no configuration of a LoRA adapter"));
  EXPECT_TRUE(LoraLayers(*model).empty());
  std::filesystem::remove(folder_ + "/adapter_config.json");
  EXPECT_THAT(LoadError(*model), HasSubstr("adapter_config.json"));
}

TEST_F(LoraFileTest, HasNothingToSaveWithoutAdapters) {
  const std::unique_ptr<GPTModel> model = Model(1);
  EXPECT_FALSE(SaveLora(folder_, *model, model->NamedParts(), {}).ok());
}

TEST_F(LoraFileTest, FingerprintsTellEveryValue) {
  const std::unique_ptr<GPTModel> model = Model(1);
  EXPECT_EQ(FingerprintOf(model->NamedParts(), {"out_head"}), base_);
  EXPECT_NE(FingerprintOf(model->NamedParts()), base_);
  model->out_head->weight.mutable_data()[0] += 1;
  EXPECT_EQ(FingerprintOf(model->NamedParts(), {"out_head"}), base_);
  model->pos_emb.weight.mutable_data()[5] += 1;
  EXPECT_NE(FingerprintOf(model->NamedParts(), {"out_head"}), base_);
}

}  // namespace
}  // namespace gokart
