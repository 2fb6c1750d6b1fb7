#include "ch05_pretrain/weights/export/export_model.h"

#include <bit>
#include <cmath>
#include <filesystem>
#include <map>

#include "ch02_data/bpe_tokenizer.h"
#include "ch02_data/bpe_trainer.h"
#include "ch02_data/character_tokenizer.h"
#include "ch02_data/load_tokenizer.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/gguf/gguf_vocabulary.h"
#include "ch05_pretrain/weights/open_weights.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tensor/random.h"
#include "workshop/file.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A folder of its own for each test.
std::string Folder() {
  const std::string folder =
      testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name();
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

GptConfig Config(bool qkv_bias, bool tie_weights) {
  return {.vocab_size = 290,
          .context_length = 6,
          .emb_dim = 32,
          .n_heads = 4,
          .n_layers = 2,
          .qkv_bias = qkv_bias,
          .tie_weights = tie_weights};
}

// Fresh biases are zeros: other values, so that each has a place of its own.
std::unique_ptr<GPTModel> Model(bool qkv_bias, bool tie_weights) {
  ManualSeed(1);
  auto model = std::make_unique<GPTModel>(Config(qkv_bias, tie_weights));
  int64_t count = 0;
  for (NamedPart& part : model->NamedParts()) {
    if (part.shape().rank() != 1) continue;
    for (int64_t i = 0; i < part.size(); ++i) {
      part.mutable_data()[i] += 0.001f * static_cast<float>(++count);
    }
  }
  return model;
}

BpeTokenizer SmallTokenizer() {
  BpeTrainer trainer;
  trainer.AddText("the cat sat on the mat, the cat sat there; thethe catcat on on on");
  return BpeTokenizer("small", trainer.Train({.vocab_size = 270}).value());
}

void ExpectExported(const GPTModel& model, ExportFormat format, DType dtype,
                    const std::string& path) {
  const BpeTokenizer tokenizer = SmallTokenizer();
  const absl::Status status = ExportModel(model, &tokenizer, format, dtype, path);
  ASSERT_TRUE(status.ok()) << status;
}

WeightFile Opened(const std::string& path) {
  absl::StatusOr<WeightFile> file = OpenWeights(path);
  EXPECT_TRUE(file.ok()) << file.status();
  if (!file.ok()) return {};
  const absl::Status checksums = VerifyChecksums(*file);
  EXPECT_TRUE(checksums.ok()) << checksums;
  return *std::move(file);
}

// --- Where each number of a parameter lies in a file, worked out anew ----------------------------

// The index of w[o, i] (or b[o], with columns 1) of a parameter in Hugging Face's tensor.
struct HuggingFacePlace {
  std::string name;
  int64_t part = 0, parts = 1;
  bool transposed = false;
};

HuggingFacePlace HuggingFaceName(const std::string& workshop) {
  static const auto* const names = new std::map<std::string, HuggingFacePlace>{
      {"tok_emb.weight", {"transformer.wte.weight"}},
      {"pos_emb.weight", {"transformer.wpe.weight"}},
      {"final_norm.scale", {"transformer.ln_f.weight"}},
      {"final_norm.shift", {"transformer.ln_f.bias"}},
      {"out_head.weight", {"lm_head.weight"}},
      {"norm1.scale", {"ln_1.weight"}},
      {"norm1.shift", {"ln_1.bias"}},
      {"norm2.scale", {"ln_2.weight"}},
      {"norm2.shift", {"ln_2.bias"}},
      {"att.W_query.weight", {"attn.c_attn.weight", 0, 3, true}},
      {"att.W_key.weight", {"attn.c_attn.weight", 1, 3, true}},
      {"att.W_value.weight", {"attn.c_attn.weight", 2, 3, true}},
      {"att.W_query.bias", {"attn.c_attn.bias", 0, 3}},
      {"att.W_key.bias", {"attn.c_attn.bias", 1, 3}},
      {"att.W_value.bias", {"attn.c_attn.bias", 2, 3}},
      {"att.out_proj.weight", {"attn.c_proj.weight", 0, 1, true}},
      {"att.out_proj.bias", {"attn.c_proj.bias"}},
      {"ff.layers.0.weight", {"mlp.c_fc.weight", 0, 1, true}},
      {"ff.layers.0.bias", {"mlp.c_fc.bias"}},
      {"ff.layers.2.weight", {"mlp.c_proj.weight", 0, 1, true}},
      {"ff.layers.2.bias", {"mlp.c_proj.bias"}},
  };
  if (!workshop.starts_with("trf_blocks.")) return names->at(workshop);
  HuggingFacePlace place = names->at(workshop.substr(13));  // one digit and a dot
  place.name = "transformer.h." + workshop.substr(11, 2) + place.name;
  return place;
}

// Compares every number of the model with the file's, which must have nothing else but `extra`.
void ExpectHuggingFaceWeights(const GPTModel& model, const WeightFile& file, size_t extra) {
  std::map<std::string, int> seen;
  for (const NamedPart& part : model.NamedParts()) {
    const HuggingFacePlace place = HuggingFaceName(part.name);
    ++seen[place.name];
    const StoredTensor* tensor = file.Find(place.name);
    ASSERT_NE(tensor, nullptr) << place.name;
    const std::vector<float> values = tensor->Floats();
    const bool vector = part.shape().rank() == 1;
    const int64_t out = part.shape()[0], in = vector ? 1 : part.shape()[1];
    ASSERT_EQ(values.size(), out * in * place.parts) << place.name;
    for (int64_t o = 0; o < out; ++o) {
      for (int64_t i = 0; i < in; ++i) {
        const int64_t column = place.part * out + o;
        const int64_t index = place.transposed ? i * out * place.parts + column : column * in + i;
        ASSERT_EQ(std::bit_cast<uint32_t>(values[index]),
                  std::bit_cast<uint32_t>(part.values()[o * in + i]))
            << part.name << " " << o << " " << i;
      }
    }
  }
  EXPECT_EQ(file.tensors.size(), seen.size() + extra);
}

// The file's tensors have the workshop's names and layout; convert(x) is what x becomes.
template <typename Convert>
void ExpectWorkshopWeights(const GPTModel& model, const WeightFile& file, const Convert& convert) {
  for (const NamedPart& part : model.NamedParts()) {
    const StoredTensor* tensor = file.Find(part.name);
    ASSERT_NE(tensor, nullptr) << part.name;
    ASSERT_EQ(tensor->shape, part.shape().ToVector()) << part.name;
    const std::vector<float> values = tensor->Floats();
    for (int64_t i = 0; i < part.size(); ++i) {
      ASSERT_EQ(values[i], convert(part.name, part.values()[i])) << part.name << " " << i;
    }
  }
}

float Same(const std::string&, float x) { return x; }
float Half(const std::string&, float x) { return static_cast<float>(static_cast<_Float16>(x)); }

// --- Hugging Face --------------------------------------------------------------------------------

TEST(ExportModelTest, HuggingFaceBitForBit) {
  const std::string folder = Folder() + "/made/anew";
  const auto model = Model(/*qkv_bias=*/true, /*tie_weights=*/false);
  ExpectExported(*model, ExportFormat::kHuggingFace, DType::kF32, folder);
  const WeightFile file = Opened(folder);
  ExpectHuggingFaceWeights(*model, file, /*extra=*/0);
  EXPECT_EQ(file.metadata.at("format"), "pt");
  GptConfig expected = model->config;
  expected.drop_rate_emb = expected.drop_rate_attn = expected.drop_rate_shortcut = 0.1;
  EXPECT_EQ(file.config, expected);
}

TEST(ExportModelTest, HuggingFaceAlwaysHasBiases) {
  const std::string folder = Folder();
  const auto model = Model(/*qkv_bias=*/false, /*tie_weights=*/true);
  ExpectExported(*model, ExportFormat::kHuggingFace, DType::kF32, folder);
  const WeightFile file = Opened(folder);
  ExpectHuggingFaceWeights(*model, file, /*extra=*/2);
  const StoredTensor* bias = file.Find("transformer.h.1.attn.c_attn.bias");
  ASSERT_NE(bias, nullptr);
  EXPECT_EQ(bias->Floats(), std::vector<float>(3 * 32));
  EXPECT_EQ(file.Find("lm_head.weight"), nullptr);
  EXPECT_TRUE(file.config->tie_weights);
}

TEST(ExportModelTest, HuggingFaceFolderIsComplete) {
  const std::string folder = Folder();
  const auto model = Model(true, true);
  ExpectExported(*model, ExportFormat::kHuggingFace, DType::kBF16, folder);
  EXPECT_EQ(Opened(folder).tensors[0].dtype, DType::kBF16);
  const nlohmann::json config = nlohmann::json::parse(ReadFile(folder + "/config.json").value());
  const BpeTokenizer tokenizer = SmallTokenizer();
  const int32_t end = tokenizer.EndOfText().value();
  // The fields of transformers' GPT2Config that shape the model.
  const nlohmann::json expected = {{"model_type", "gpt2"},
                                   {"architectures", {"GPT2LMHeadModel"}},
                                   {"vocab_size", 290},
                                   {"n_positions", 6},
                                   {"n_ctx", 6},
                                   {"n_embd", 32},
                                   {"n_head", 4},
                                   {"n_layer", 2},
                                   {"n_inner", nullptr},
                                   {"activation_function", "gelu_new"},
                                   {"layer_norm_epsilon", 1e-5},
                                   {"tie_word_embeddings", true},
                                   {"bos_token_id", end},
                                   {"eos_token_id", end},
                                   {"torch_dtype", "bfloat16"}};
  for (const auto& [name, value] : expected.items()) EXPECT_EQ(config.at(name), value) << name;
  const std::string text = "the cat on the mat";
  for (const char* name : {"", "/tokenizer.json", "/vocab.json"}) {
    const auto read = LoadTokenizer(folder + name);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ((*read)->Encode(text).value(), tokenizer.Encode(text).value()) << name;
    EXPECT_EQ((*read)->EndOfText(), end) << name;
  }
}

TEST(ExportModelTest, OneSafetensorsFileKnowsItsConfiguration) {
  const std::string folder = Folder();
  const auto model = Model(false, true);
  ExpectExported(*model, ExportFormat::kSafetensors, DType::kF32, folder + "/m.safetensors");
  const WeightFile file = Opened(folder + "/m.safetensors");
  ExpectHuggingFaceWeights(*model, file, /*extra=*/2);
  EXPECT_EQ(file.config, Config(/*qkv_bias=*/true, /*tie_weights=*/true));
  EXPECT_TRUE(fs::exists(folder + "/tokenizer.json"));
}

// --- PyTorch -------------------------------------------------------------------------------------

TEST(ExportModelTest, WorkshopBitForBit) {
  const std::string path = Folder() + "/m.pth";
  const auto model = Model(/*qkv_bias=*/false, /*tie_weights=*/false);
  ExpectExported(*model, ExportFormat::kTorch, DType::kF32, path);
  const WeightFile file = Opened(path);
  ExpectWorkshopWeights(*model, file, Same);
  EXPECT_EQ(file.tensors.size(), model->NamedParts().size() + 2);  // the masks
  EXPECT_EQ(file.config, model->config);
  const StoredTensor* mask = file.Find("trf_blocks.1.att.mask");
  ASSERT_NE(mask, nullptr);
  ASSERT_THAT(mask->shape, ElementsAre(6, 6));
  for (int i = 0; i < 36; ++i) EXPECT_EQ(mask->Floats()[i], i % 6 > i / 6 ? 1 : 0) << i;
}

TEST(ExportModelTest, WorkshopsTiedHeadSharesTheTable) {
  const std::string path = Folder() + "/m.pth";
  const auto model = Model(/*qkv_bias=*/true, /*tie_weights=*/true);
  ExpectExported(*model, ExportFormat::kTorch, DType::kF16, path);
  const WeightFile file = Opened(path);
  ExpectWorkshopWeights(*model, file, Half);
  const StoredTensor* table = file.Find("tok_emb.weight");
  const StoredTensor* head = file.Find("out_head.weight");
  ASSERT_NE(head, nullptr);
  EXPECT_EQ(head->shape, table->shape);
  EXPECT_EQ(head->bytes.data(), table->bytes.data());
  EXPECT_EQ(reinterpret_cast<uintptr_t>(table->bytes.data()) % 64, 0);
}

// --- GGUF ----------------------------------------------------------------------------------------

TEST(ExportModelTest, GgufBitForBit) {
  const std::string path = Folder() + "/m.gguf";
  const auto model = Model(/*qkv_bias=*/true, /*tie_weights=*/false);
  ExpectExported(*model, ExportFormat::kGguf, DType::kF32, path);
  const WeightFile file = Opened(path);
  ExpectWorkshopWeights(*model, file, Same);
  EXPECT_EQ(file.tensors.size(), model->NamedParts().size());
  EXPECT_EQ(file.config, model->config);
  EXPECT_EQ(file.format, "GGUF");
  EXPECT_EQ(file.metadata.at("general.name"), "m");
}

// As llama.cpp's converter has it: vectors and the position embedding keep 32 bits.
bool KeepsFloats(const std::string& name) {
  return name == "pos_emb.weight" || !name.ends_with("weight");
}

TEST(ExportModelTest, GgufOfHalves) {
  const std::string path = Folder() + "/m.gguf";
  const auto model = Model(/*qkv_bias=*/false, /*tie_weights=*/true);
  ExpectExported(*model, ExportFormat::kGguf, DType::kF16, path);
  const WeightFile file = Opened(path);
  ExpectWorkshopWeights(*model, file, [](const std::string& name, float x) {
    return KeepsFloats(name) ? x : Half(name, x);
  });
  EXPECT_EQ(file.Find("out_head.weight"), nullptr);
  EXPECT_EQ(file.Find("trf_blocks.0.att.W_key.bias")->Floats(), std::vector<float>(32));
  EXPECT_TRUE(file.config->qkv_bias);
}

TEST(ExportModelTest, GgufOf8Bits) {
  const std::string path = Folder() + "/m.gguf";
  const auto model = Model(/*qkv_bias=*/true, /*tie_weights=*/true);
  ExpectExported(*model, ExportFormat::kGguf, DType::kQ8_0, path);
  const WeightFile file = Opened(path);
  for (const NamedPart& part : model->NamedParts()) {
    const StoredTensor* tensor = file.Find(part.name);
    ASSERT_NE(tensor, nullptr) << part.name;
    EXPECT_EQ(tensor->dtype, KeepsFloats(part.name) ? DType::kF32 : DType::kQ8_0) << part.name;
    const std::vector<float> values = tensor->Floats();
    for (int64_t block = 0; block < part.size(); block += 32) {
      // One row is one block here: at most half a step from the float, a 127th of the largest.
      float largest = 0;
      for (int64_t i = block; i < block + 32; ++i) {
        largest = std::max(largest, std::abs(part.values()[i]));
      }
      for (int64_t i = block; i < block + 32; ++i) {
        ASSERT_NEAR(values[i], part.values()[i], largest / 127 * 0.51f + largest * 0x1p-11f);
      }
    }
  }
}

TEST(ExportModelTest, GgufBringsTheTokenizer) {
  const std::string path = Folder() + "/m.gguf";
  ExpectExported(*Model(true, true), ExportFormat::kGguf, DType::kF32, path);
  const absl::StatusOr<GgufFile> file = GgufFile::Open(path);
  ASSERT_TRUE(file.ok()) << file.status();
  const absl::StatusOr<BpeVocabulary> vocabulary = VocabularyFromGguf(file->metadata(), path);
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  const std::string text = "the cat on the mat";
  EXPECT_EQ(BpeTokenizer("read", *vocabulary).Encode(text).value(),
            SmallTokenizer().Encode(text).value());
  EXPECT_EQ(file->Find("blk.1.attn_qkv.weight")->shape, (std::vector<int64_t>{96, 32}));
}

// --- What can't be written -----------------------------------------------------------------------

TEST(ExportModelTest, RefusesWhatAFormatLacks) {
  const std::string folder = Folder();
  const auto model = Model(true, true);
  const CharacterTokenizer characters({"a", "b"});
  EXPECT_THAT(std::string(ExportModel(*model, nullptr, ExportFormat::kTorch, DType::kQ8_0,
                                      folder + "/m.pth")
                              .message()),
              HasSubstr("only GGUF files have Q8_0"));
  EXPECT_THAT(std::string(ExportModel(*model, &characters, ExportFormat::kGguf, DType::kF32,
                                      folder + "/m.gguf")
                              .message()),
              HasSubstr("needs a byte-level BPE"));
  model->NamedParts()[0].mutable_data()[5] = 1e6f;
  EXPECT_THAT(std::string(ExportModel(*model, nullptr, ExportFormat::kSafetensors, DType::kF16,
                                      folder + "/m.safetensors")
                              .message()),
              HasSubstr("transformer.wte.weight has the value 1e+06"));
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST(ExportModelTest, FilesOfOthersBesideStay) {
  const std::string folder = Folder(), path = folder + "/m.pth";
  ASSERT_TRUE(WriteFile(folder + "/config.json", "{}").ok());
  const absl::Status status =
      ExportModel(*Model(true, true), nullptr, ExportFormat::kTorch, DType::kF32, path);
  EXPECT_THAT(std::string(status.message()), HasSubstr("config.json: is there already"));
  EXPECT_FALSE(fs::exists(path));
  EXPECT_EQ(ReadFile(folder + "/config.json").value(), "{}");
  fs::remove(folder + "/config.json");
  for (int i = 0; i < 2; ++i) {  // over a file of one's own
    EXPECT_TRUE(
        ExportModel(*Model(true, true), nullptr, ExportFormat::kTorch, DType::kF32, path).ok());
  }
}

TEST(ExportModelTest, FormatsAndTypesByName) {
  EXPECT_EQ(ExportFormatOfName("a.b/m.gguf").value(), ExportFormat::kGguf);
  EXPECT_EQ(ExportFormatOfName("m.pt").value(), ExportFormat::kTorch);
  EXPECT_EQ(ExportFormatOfName("m.safetensors").value(), ExportFormat::kSafetensors);
  EXPECT_EQ(ExportFormatOfName("runs/hf").value(), ExportFormat::kHuggingFace);
  EXPECT_EQ(ExportFormatOfName("runs/hf/").value(), ExportFormat::kHuggingFace);
  EXPECT_THAT(std::string(ExportFormatOfName("m.onnx").status().message()),
              HasSubstr("m.onnx: which format?"));
  EXPECT_FALSE(ExportFormatOfName("m.hf").ok());
  EXPECT_EQ(ParseExportType("q8_0").value(), DType::kQ8_0);
  EXPECT_EQ(ParseExportType("bfloat16").value(), DType::kBF16);
  EXPECT_FALSE(ParseExportType("int8").ok());
  EXPECT_FALSE(ParseExportFormat("onnx").ok());
}

}  // namespace
}  // namespace gokart
