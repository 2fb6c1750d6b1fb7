// The same micro GPT-2 in the layouts of three publishers: each gives PyTorch's logits.
// tensor/testdata/generate.py says how the files were made.
#include "ch05_pretrain/weights/load_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "ch05_pretrain/weights/open_weights.h"
#include "tensor/autograd.h"
#include "tensor/random.h"
#include "tensor/safetensors.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kFolder[] = "tensor/testdata/gpt2_micro/";

std::string TempFolder(const std::string& name) {
  const std::string folder = ::testing::TempDir() + "/load_model/" + name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

SafetensorsFile OpenGolden(const std::string& name) {
  absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(kFolder + name);
  if (!file.ok()) throw std::runtime_error(file.status().ToString());
  return *std::move(file);
}

absl::StatusOr<LoadedModel> Load(const std::string& path, const LoadModelOptions& options = {}) {
  absl::StatusOr<WeightFile> file = OpenWeights(path);
  if (!file.ok()) return file.status();
  return LoadModel(*std::move(file), options);
}

std::string ErrorOf(const std::string& path) { return std::string(Load(path).status().message()); }

// The largest difference from PyTorch's logits.
double LogitError(const GPTModel& model) {
  const SafetensorsFile expected = OpenGolden("expected.safetensors");
  const StoredTensor& input = *expected.Find("input_ids");
  const std::vector<int64_t> ids = input.Int64s();
  TokenIds tokens = TokenIds::from_shape({size_t(input.shape[0]), size_t(input.shape[1])});
  std::copy(ids.begin(), ids.end(), tokens.begin());
  const NoGrad no_grad;
  const Tensor logits = model.Forward(tokens);
  const std::vector<float> theirs = expected.Find("logits")->Floats();
  EXPECT_EQ(logits.size(), static_cast<int64_t>(theirs.size()));
  double error = 0;
  for (size_t i = 0; i < theirs.size(); ++i) {
    error = std::max<double>(error, std::fabs(logits.data()[i] - theirs[i]));
  }
  return error;
}

// Writes the golden model's tensors after `change` has been at them.
struct OwnedTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> values;
};

void WriteChanged(const std::string& path,
                  const std::function<void(std::vector<OwnedTensor>&)>& change,
                  const SafetensorsMetadata& metadata = {}) {
  std::vector<OwnedTensor> tensors;
  const SafetensorsFile golden = OpenGolden("hf.safetensors");
  for (const StoredTensor& t : golden.entries()) tensors.push_back({t.name, t.shape, t.Floats()});
  change(tensors);
  std::vector<StoredTensor> entries;
  for (const OwnedTensor& t : tensors) {
    entries.push_back(MakeStoredTensor(t.name, t.shape, std::span<const float>(t.values)));
  }
  const absl::Status status = WriteSafetensors(path, entries, metadata);
  ASSERT_TRUE(status.ok()) << status;
}

void CopyConfig(const std::string& folder) {
  std::filesystem::copy_file(std::string(kFolder) + "config.json", folder + "/config.json");
}

TEST(LoadModelTest, EachLayoutGivesPyTorchsLogits) {
  for (const char* name : {"hf.safetensors", "workshop.pth"}) {
    const absl::StatusOr<LoadedModel> loaded = Load(std::string(kFolder) + name);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_LT(LogitError(*loaded->model), 1e-5) << name;
    EXPECT_THAT(loaded->notes, IsEmpty());
    EXPECT_TRUE(loaded->model->config.tie_weights) << name;
    EXPECT_TRUE(loaded->model->config.qkv_bias) << name;
    EXPECT_EQ(loaded->model->config.drop_rate, 0);
  }
  // The folder of the TensorFlow checkpoint has no configuration: the heads must be told.
  const absl::StatusOr<LoadedModel> loaded =
      Load(std::string(kFolder) + "tf/model.ckpt", {.n_heads = 4});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_LT(LogitError(*loaded->model), 1e-5);
}

TEST(LoadModelTest, TrainableCopiesGiveTheSame) {
  for (const char* name : {"hf.safetensors", "workshop.pth", "tf/model.ckpt"}) {
    const absl::StatusOr<LoadedModel> loaded =
        Load(std::string(kFolder) + name, {.trainable = true, .n_heads = 4});
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    loaded->model->Eval();
    EXPECT_LT(LogitError(*loaded->model), 1e-5) << name;
    for (const NamedTensor& parameter : loaded->model->NamedParameters()) {
      EXPECT_FALSE(parameter.tensor.buffer().borrowed()) << parameter.name;
      EXPECT_TRUE(parameter.tensor.requires_grad()) << parameter.name;
    }
  }
}

TEST(LoadModelTest, WithEachKindOfAttention) {
  absl::StatusOr<WeightFile> file = OpenWeights(std::string(kFolder) + "hf.safetensors");
  ASSERT_TRUE(file.ok()) << file.status();
  file->config->attention = "didactic";
  const absl::StatusOr<LoadedModel> loaded = LoadModel(*std::move(file));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_LT(LogitError(*loaded->model), 1e-5);
}

// What needs neither transposing nor packing lies in the file, and its pages are not copied.
TEST(LoadModelTest, UsesTheMemoryMapWhereTheLayoutAllows) {
  const absl::StatusOr<LoadedModel> hf = Load(std::string(kFolder) + "hf.safetensors");
  ASSERT_TRUE(hf.ok()) << hf.status();
  const GPTModel& model = *hf->model;
  EXPECT_TRUE(model.tok_emb.weight.buffer().borrowed());
  EXPECT_TRUE(model.pos_emb.weight.buffer().borrowed());
  EXPECT_TRUE(model.final_norm.scale.buffer().borrowed());
  EXPECT_TRUE(model.trf_blocks[1]->norm2.shift.buffer().borrowed());
  int borrowed = 0;
  for (const NamedTensor& p : model.NamedParameters()) {
    borrowed += p.tensor.buffer().borrowed();
    EXPECT_FALSE(p.tensor.requires_grad()) << p.name;
    const bool is_matrix = p.tensor.rank() == 2 && p.name.find("emb") == std::string::npos;
    EXPECT_EQ(p.tensor.buffer().borrowed(), !is_matrix) << p.name;
  }
  EXPECT_EQ(borrowed, 2 + 2 + 2 * 8);  // tables, last norm, and of each block all vectors

  // In the workshop's layout, all but the three that become one.
  const absl::StatusOr<LoadedModel> workshop = Load(std::string(kFolder) + "workshop.pth");
  ASSERT_TRUE(workshop.ok()) << workshop.status();
  for (const NamedTensor& p : workshop->model->NamedParameters()) {
    const bool packed = p.name.find("qkv") != std::string::npos;
    EXPECT_EQ(p.tensor.buffer().borrowed(), !packed) << p.name;
  }
}

// What no file holds in one piece is in memory, which must not be given back to the system.
TEST(LoadModelTest, CopiesOfTensorsStayWhole) {
  for (const bool trainable : {false, true}) {
    absl::StatusOr<WeightFile> file = OpenWeights(std::string(kFolder) + "hf.safetensors");
    ASSERT_TRUE(file.ok()) << file.status();
    for (StoredTensor& t : file->tensors) {
      file->copies.push_back(
          std::make_shared<const std::vector<std::byte>>(t.bytes.begin(), t.bytes.end()));
      t.bytes = *file->copies.back();
    }
    const absl::StatusOr<LoadedModel> loaded =
        LoadModel(*std::move(file), {.trainable = trainable});
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    loaded->model->Eval();
    EXPECT_LT(LogitError(*loaded->model), 1e-5);
  }
}

// From each layout the bits that the model has when it is quantised as a whole.
TEST(LoadModelTest, QuantisedOnTheWay) {
  for (const WeightFormatInfo& info : WeightFormats()) {
    for (const char* name : {"hf.safetensors", "workshop.pth", "tf/model.ckpt"}) {
      SCOPED_TRACE(std::string(info.name) + " from " + name);
      const absl::StatusOr<LoadedModel> whole = Load(std::string(kFolder) + name, {.n_heads = 4});
      ASSERT_TRUE(whole.ok()) << whole.status();
      whole->model->QuantizeWeights(info.format);
      const absl::StatusOr<LoadedModel> loaded =
          Load(std::string(kFolder) + name, {.n_heads = 4, .format = info.format});
      ASSERT_TRUE(loaded.ok()) << loaded.status();
      EXPECT_EQ(loaded->model->WeightBytes(), whole->model->WeightBytes());
      EXPECT_EQ(loaded->model->NamedParts().size(), whole->model->NamedParts().size());
      const TokenIds ids = {{1, 2, 3, 96}};
      const NoGrad no_grad;
      const Tensor a = loaded->model->Forward(ids), b = whole->model->Forward(ids);
      EXPECT_TRUE(std::equal(a.values().begin(), a.values().end(), b.values().begin()));
    }
  }
  EXPECT_THROW(Load(std::string(kFolder) + "hf.safetensors",
                    {.trainable = true, .format = WeightFormat::kQ8})
                   .IgnoreError(),
               std::invalid_argument);
}

TEST(LoadModelTest, LoadingDrawsNoRandomNumbers) {
  ManualSeed(5);
  const std::string before = GlobalGenerator().state().Serialize();
  ASSERT_TRUE(Load(std::string(kFolder) + "hf.safetensors").ok());
  EXPECT_EQ(GlobalGenerator().state().Serialize(), before);
}

TEST(LoadModelTest, PrefixedNamesAndMasks) {
  const std::string folder = TempFolder("prefix");
  WriteChanged(folder + "/model.safetensors", [](std::vector<OwnedTensor>& tensors) {
    OwnedTensor head;
    for (OwnedTensor& t : tensors) {
      if (t.name == "wte.weight") head = {"lm_head.weight", t.shape, t.values};
      t.name = "transformer." + t.name;
    }
    tensors.push_back(head);
    tensors.push_back({"transformer.h.0.attn.bias", {1, 1, 2, 2}, {1, 0, 1, 1}});
    tensors.push_back({"transformer.h.0.attn.masked_bias", {}, {-10000}});
  });
  CopyConfig(folder);
  const absl::StatusOr<LoadedModel> loaded = Load(folder);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_LT(LogitError(*loaded->model), 1e-5);
  EXPECT_TRUE(loaded->model->config.tie_weights) << "an equal head is the same one";
}

TEST(LoadModelTest, AHeadOfItsOwn) {
  const std::string folder = TempFolder("head");
  WriteChanged(folder + "/model.safetensors", [](std::vector<OwnedTensor>& tensors) {
    for (size_t i = 0; i < tensors.size(); ++i) {
      if (tensors[i].name != "wte.weight") continue;
      OwnedTensor head = {"lm_head.weight", tensors[i].shape, tensors[i].values};
      for (float& value : head.values) value *= 2;
      tensors.push_back(head);
      break;
    }
  });
  CopyConfig(folder);
  const absl::StatusOr<LoadedModel> loaded = Load(folder);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_FALSE(loaded->model->config.tie_weights);
  EXPECT_EQ(loaded->model->out_head->weight.at({3, 4}),
            2 * loaded->model->tok_emb.weight.at({3, 4}));
  EXPECT_TRUE(loaded->model->out_head->weight.buffer().borrowed());
}

// The workshop trains the head apart from the embedding, beginning with the same numbers.
TEST(LoadModelTest, AHeadThatIsUntied) {
  const absl::StatusOr<LoadedModel> loaded =
      Load(std::string(kFolder) + "hf.safetensors", {.trainable = true, .tie_weights = false});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_NE(loaded->model->out_head, nullptr);
  loaded->model->Eval();
  EXPECT_LT(LogitError(*loaded->model), 1e-5);
  EXPECT_NE(loaded->model->out_head->weight.data(), loaded->model->tok_emb.weight.data());
}

// The same numbers in other types: what arrives is what the type can hold, exactly.
TEST(LoadModelTest, OtherTypesOfNumbers) {
  for (const DType dtype : {DType::kF16, DType::kBF16, DType::kF64}) {
    const SafetensorsFile golden = OpenGolden("hf.safetensors");
    std::vector<StoredTensor> entries = golden.entries();
    std::vector<std::vector<std::byte>> memory;
    for (StoredTensor& t : entries) {
      std::vector<std::byte>& bytes = memory.emplace_back(t.size() * DTypeSize(dtype));
      const std::vector<float> values = t.Floats();
      for (size_t i = 0; i < values.size(); ++i) {
        const _Float16 half = static_cast<_Float16>(values[i]);
        const double wide = values[i];
        uint32_t bits;
        std::memcpy(&bits, &values[i], sizeof(bits));
        const uint16_t upper = static_cast<uint16_t>(bits >> 16);
        if (dtype == DType::kF16) std::memcpy(bytes.data() + 2 * i, &half, 2);
        if (dtype == DType::kBF16) std::memcpy(bytes.data() + 2 * i, &upper, 2);
        if (dtype == DType::kF64) std::memcpy(bytes.data() + 8 * i, &wide, 8);
      }
      t.dtype = dtype;
      t.bytes = bytes;
    }
    const std::string folder = TempFolder("types");
    ASSERT_TRUE(WriteSafetensors(folder + "/model.safetensors", entries).ok());
    CopyConfig(folder);
    const absl::StatusOr<LoadedModel> loaded = Load(folder);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    const double bound = dtype == DType::kF64 ? 1e-5 : dtype == DType::kF16 ? 0.02 : 0.15;
    EXPECT_LT(LogitError(*loaded->model), bound) << DTypeName(dtype);
    for (const StoredTensor& t : entries) {
      if (t.name != "h.1.mlp.c_fc.weight") continue;
      const Tensor& ours = loaded->model->trf_blocks[1]->ff.NamedParameters()[0].tensor;
      ASSERT_EQ(ours.shape(), Shape({192, 48}));
      const std::vector<float> theirs = t.Floats();
      for (int64_t row = 0; row < 192; ++row) {
        for (int64_t column = 0; column < 48; ++column) {
          ASSERT_EQ(ours.at({row, column}), theirs[column * 192 + row]) << row << " " << column;
        }
      }
    }
  }
}

TEST(LoadModelTest, ShardsMakeOneModel) {
  const std::string folder = TempFolder("shards");
  const SafetensorsFile golden = OpenGolden("hf.safetensors");
  std::vector<StoredTensor> halves[2];
  std::string map;
  for (size_t i = 0; i < golden.entries().size(); ++i) {
    const StoredTensor& t = golden.entries()[i];
    halves[i % 2].push_back(t);
    map += (map.empty() ? "\"" : ",\"") + t.name + "\":\"model-0000" + std::to_string(i % 2 + 1) +
           "-of-00002.safetensors\"";
  }
  for (int i = 0; i < 2; ++i) {
    const std::string path =
        folder + "/model-0000" + std::to_string(i + 1) + "-of-00002.safetensors";
    ASSERT_TRUE(WriteSafetensors(path, halves[i]).ok());
  }
  const std::string index = folder + "/model.safetensors.index.json";
  ASSERT_TRUE(
      WriteFile(index, "{\"metadata\":{\"total_size\":1},\"weight_map\":{" + map + "}}").ok());
  CopyConfig(folder);
  const absl::StatusOr<LoadedModel> loaded = Load(folder);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_LT(LogitError(*loaded->model), 1e-5);

  ASSERT_TRUE(
      WriteFile(index, "{\"weight_map\":{\"extra\":\"model-00001-of-00002.safetensors\"}}").ok());
  EXPECT_THAT(ErrorOf(index), HasSubstr("wpe.weight in model-00001-of-00002.safetensors is not in "
                                        "the index"));
  EXPECT_THAT(ErrorOf(index), HasSubstr("extra is missing in model-00001-of-00002.safetensors"));
}

TEST(LoadModelTest, ListsEveryDifference) {
  const std::string folder = TempFolder("differences");
  WriteChanged(folder + "/model.safetensors", [](std::vector<OwnedTensor>& tensors) {
    for (OwnedTensor& t : tensors) {
      if (t.name == "h.0.ln_1.weight") t.name = "h.0.ln_one.weight";
      if (t.name == "h.1.attn.c_proj.weight") t.shape = {24, 96};
      if (t.name == "wpe.weight") t.shape = {16, 96};
    }
    tensors.push_back({"h.2.extra", {2}, {1, 2}});
  });
  CopyConfig(folder);
  const std::string error = ErrorOf(folder);
  EXPECT_THAT(error, HasSubstr(folder + "/model.safetensors: does not fit this model: "));
  EXPECT_THAT(error, HasSubstr("h.0.ln_1.weight [48] is missing"));
  EXPECT_THAT(error, HasSubstr("\"h.0.ln_one.weight\" F32 [48] is left over"));
  EXPECT_THAT(error, HasSubstr("h.1.attn.c_proj.weight is F32 [24, 96], expected F32, F16 or BF16 "
                               "[48, 48]"));
  EXPECT_THAT(error, HasSubstr("wpe.weight is F32 [16, 96], expected F32, F16 or BF16 [32, 48]"));
  EXPECT_THAT(error, HasSubstr("\"h.2.extra\" F32 [2] is left over"));
  EXPECT_THAT(error, Not(HasSubstr("h.1.ln_1")));
}

TEST(LoadModelTest, AnotherArchitectureIsNamed) {
  const std::string folder = TempFolder("llama");
  WriteChanged(folder + "/model.safetensors", [](std::vector<OwnedTensor>& tensors) {
    tensors = {{"model.embed_tokens.weight", {2, 1}, {1, 2}}, {"model.norm.weight", {1}, {1}}};
  });
  EXPECT_THAT(ErrorOf(folder), HasSubstr("found \"model.embed_tokens.weight\" F32 [2, 1]; "
                                         "\"model.norm.weight\" F32 [1]"));
  ASSERT_TRUE(WriteFile(folder + "/config.json", "{\"model_type\": \"llama\"}").ok());
  EXPECT_THAT(ErrorOf(folder),
              HasSubstr("config.json: model_type is \"llama\", expected \"gpt2\" as in GPT-2"));
}

TEST(LoadModelTest, AConfigurationLargerThanTheFileIsRefusedBeforeAnythingIsAllocated) {
  const std::string folder = TempFolder("large");
  WriteChanged(folder + "/model.safetensors", [](std::vector<OwnedTensor>&) {});
  const std::string sizes = "\"n_positions\": 32, \"n_embd\": 200000, \"n_head\": 4";
  ASSERT_TRUE(WriteFile(folder + "/config.json",
                        "{\"vocab_size\": 97, \"n_layer\": 1000000, \"n_embd\": "
                        "48, \"n_head\": 4, \"n_positions\": 32}")
                  .ok());
  EXPECT_THAT(ErrorOf(folder), HasSubstr("of 1000000 layers"));
  ASSERT_TRUE(
      WriteFile(folder + "/config.json", "{\"vocab_size\": 97, \"n_layer\": 2, " + sizes + "}")
          .ok());
  EXPECT_THAT(ErrorOf(folder), HasSubstr("wte.weight is F32 [97, 48], expected F32, F16 or BF16 "
                                         "[97, 200000]"));
}

TEST(LoadModelTest, InfersWhatNoConfigurationSays) {
  const std::string folder = TempFolder("inferred");
  WriteChanged(folder + "/model.safetensors", [](std::vector<OwnedTensor>&) {});
  EXPECT_THAT(ErrorOf(folder),
              HasSubstr("model.safetensors: there is no configuration, weights don't tell the "
                        "number of heads, and no GPT-2 is 48 wide: give --n_heads"));
  EXPECT_THAT(std::string(Load(folder, {.n_heads = 5}).status().message()),
              HasSubstr("n_heads is 5"));
  const absl::StatusOr<LoadedModel> loaded = Load(folder, {.n_heads = 4});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_LT(LogitError(*loaded->model), 1e-5);
  const GptConfig& config = loaded->model->config;
  EXPECT_EQ(config.vocab_size, 97);
  EXPECT_EQ(config.context_length, 32);
  EXPECT_EQ(config.emb_dim, 48);
  EXPECT_EQ(config.n_layers, 2);
  EXPECT_TRUE(config.qkv_bias);
  EXPECT_THAT(loaded->notes, IsEmpty());
}

// Of GPT-2's width, and of no more than is needed to tell.
TEST(LoadModelTest, HeadsOfAGpt2AreKnownByItsWidth) {
  constexpr std::pair<int64_t, int64_t> kHeadsOfWidth[] = {
      {768, 12}, {1024, 16}, {1280, 20}, {1600, 25}};
  for (const auto& [width, heads] : kHeadsOfWidth) {
    const std::vector<float> numbers(3 * width);
    WeightFile file;
    file.path = "the/path";
    for (const auto& [name, shape] : std::vector<std::pair<std::string, std::vector<int64_t>>>{
             {"tok_emb.weight", {3, width}},
             {"pos_emb.weight", {2, width}},
             {"trf_blocks.0.norm1.scale", {width}}}) {
      file.tensors.push_back(MakeStoredTensor(
          name, shape, std::span(numbers).first(shape.size() == 2 ? shape[0] * width : width)));
    }
    std::vector<std::string> notes;
    const absl::StatusOr<GptConfig> config = ConfigOf(file, {}, notes);
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->n_heads, heads);
    EXPECT_THAT(notes, ElementsAre(HasSubstr(std::to_string(heads) + " heads, as gpt2-")));
    EXPECT_EQ(ConfigOf(file, {.n_heads = 8}, notes)->n_heads, 8);
  }
}

TEST(LoadModelTest, AConfigurationAndTheCallerMustAgreeAboutHeads) {
  EXPECT_TRUE(Load(std::string(kFolder) + "hf.safetensors", {.n_heads = 4}).ok());
  EXPECT_THAT(
      std::string(Load(std::string(kFolder) + "hf.safetensors", {.n_heads = 8}).status().message()),
      HasSubstr("hf.safetensors: 8 heads were asked for, but tensor/testdata/gpt2_micro/"
                "config.json says 4"));
}

TEST(LoadModelTest, AShorterContextTakesTheFirstPositions) {
  const absl::StatusOr<WeightFile> file = OpenWeights(std::string(kFolder) + "hf.safetensors");
  ASSERT_TRUE(file.ok()) << file.status();
  GptConfig config = *file->config;
  config.context_length = 20;
  GPTModel model(config);
  const absl::Status status = LoadParameters(*file, config, model.NamedParts());
  ASSERT_TRUE(status.ok()) << status;
  model.Eval();
  const absl::StatusOr<LoadedModel> whole = LoadModel(*file);
  const TokenIds ids = {
      {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24}};
  const NoGrad no_grad;
  const Tensor a = model.Forward(ids), b = whole->model->Forward(ids);
  EXPECT_TRUE(std::equal(a.values().begin(), a.values().end(), b.values().begin()));

  config.context_length = 33;
  EXPECT_EQ(LoadParameters(*file, config, GPTModel(config).NamedParts()).message(),
            file->path + ": holds 32 positions, too few for a context length of 33");
}

TEST(LoadModelTest, ADamagedTensorIsFound) {
  const std::string folder = TempFolder("damaged");
  std::string bytes = *ReadFile(std::string(kFolder) + "workshop.pth");
  bytes[bytes.size() / 2] ^= 1;
  ASSERT_TRUE(WriteFile(folder + "/model.pth", bytes).ok());
  CopyConfig(folder);
  EXPECT_THAT(ErrorOf(folder), HasSubstr("is damaged: its checksum is"));

  for (const char* name : {"model.ckpt.index", "model.ckpt.data-00000-of-00001"}) {
    std::filesystem::copy_file(std::string(kFolder) + "tf/" + name, folder + "/" + name);
  }
  const std::string data = folder + "/model.ckpt.data-00000-of-00001";
  bytes = *ReadFile(data);
  bytes[100] ^= 1;
  std::filesystem::remove(data);
  ASSERT_TRUE(WriteFile(data, bytes).ok());
  EXPECT_THAT(ErrorOf(folder + "/model.ckpt"),
              HasSubstr("model.ckpt.data-00000-of-00001: offset 0: tensor \"model/h0"));
}

}  // namespace
}  // namespace gokart
