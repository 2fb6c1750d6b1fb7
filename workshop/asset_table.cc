#include "workshop/asset_table.h"

#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

// The workshop's own repository, for the data sets that were made for it.
std::string Workshop(const std::string& path) {
  return absl::StrCat("https://raw.githubusercontent.com/rasbt/LLMs-from-scratch/main/", path);
}

std::string HuggingFace(const std::string& path) {
  return absl::StrCat("https://huggingface.co/", path);
}

// OpenAI's address for a file of GPT-2, and the backup that the workshop's author keeps.
std::vector<std::string> OpenAi(const std::string& path) {
  return {absl::StrCat("https://openaipublic.blob.core.windows.net/gpt-2/models/", path),
          absl::StrCat("https://f001.backblazeb2.com/file/LLMs-from-scratch/gpt2/", path)};
}

Asset Gpt2Vocabulary() {
  return {
      .name = "gpt2-bpe",
      .purpose = "GPT-2's vocabulary; setup.sh gets it too",
      .license = "MIT",
      .about_bytes = 1.5e6,
      .files = {{.path = "gpt2/vocab.bpe",
                 .urls = OpenAi("124M/vocab.bpe"),
                 .size = 456318,
                 .sha256 = "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5"},
                {.path = "gpt2/encoder.json",
                 .urls = OpenAi("124M/encoder.json"),
                 .size = 1042301,
                 .sha256 = "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783"}}};
}

// A GPT-2 as OpenAI published it: TensorFlow checkpoint and hyperparameters. The data file holds
// nothing but the parameters, four bytes each; `index_size` 0: not known.
Asset Gpt2TensorFlow(const std::string& size, int64_t num_parameters, int64_t index_size) {
  const std::string folder = absl::StrCat("gpt2/", size, "/");
  const int64_t data_size = 4 * num_parameters;
  return {.name = absl::StrCat("gpt2-", size),
          .purpose = absl::StrCat("GPT-2 ", size, " from OpenAI (TensorFlow)"),
          .license = "MIT",
          .about_bytes = static_cast<double>(data_size),
          .files = {{.path = folder + "hparams.json",
                     .urls = OpenAi(size + "/hparams.json"),
                     .format = FileFormat::kJson},
                    {.path = folder + "model.ckpt.index",
                     .urls = OpenAi(size + "/model.ckpt.index"),
                     .size = index_size,
                     .format = FileFormat::kTensorFlowIndex},
                    {.path = folder + "model.ckpt.data-00000-of-00001",
                     .urls = OpenAi(size + "/model.ckpt.data-00000-of-00001"),
                     .size = data_size}}};
}

// The same weights as Hugging Face keeps them; the attention masks in the file make it a little
// larger.
Asset Gpt2Safetensors(const std::string& size, const std::string& repository, double about_bytes) {
  return {.name = absl::StrCat("gpt2-", size, "-hf"),
          .purpose = absl::StrCat("GPT-2 ", size, " from Hugging Face (safetensors)"),
          .license = "MIT",
          .about_bytes = about_bytes,
          .files = {{.path = absl::StrCat("gpt2/", size, "/model.safetensors"),
                     .urls = {HuggingFace(absl::StrCat("openai-community/", repository,
                                                       "/resolve/main/model.safetensors"))},
                     .format = FileFormat::kSafetensors}}};
}

Asset Gpt2SmallSafetensors() {
  Asset asset = Gpt2Safetensors("124M", "gpt2", 548105171);
  asset.files[0].size = 548105171;
  asset.files[0].sha256 = "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707";
  return asset;
}

// An asset of one file.
Asset OneFile(const std::string& name, const std::string& purpose, const std::string& license,
              double about_bytes, AssetFile file) {
  return {.name = name,
          .purpose = purpose,
          .license = license,
          .about_bytes = about_bytes,
          .files = {std::move(file)}};
}

std::vector<Asset> Texts() {
  return {
      OneFile("the-verdict", "chapter 5: the workshop's training text", "public domain", 20479,
              {.path = "the-verdict.txt",
               .urls = {Workshop("ch02/01_main-chapter-code/the-verdict.txt")},
               .size = 20479,
               .sha256 = "b41e41a68f0398a3154ae69e2e4c0e2694e17fe0d66730536837f1b01935b31f"}),
      OneFile("middlemarch", "chapter 5: a novel, for speed", "public domain", 1.8e6,
              {.path = "middlemarch.txt",
               .urls = {"https://www.gutenberg.org/cache/epub/145/pg145.txt"},
               .format = FileFormat::kText}),
      OneFile("tinystories-valid", "chapter 5: stories by GPT-4, a sample", "CDLA-Sharing 1",
              22.5e6,
              {.path = "tinystories/TinyStoriesV2-GPT4-valid.txt",
               .urls = {HuggingFace(
                   "datasets/roneneldan/TinyStories/resolve/main/TinyStoriesV2-GPT4-valid.txt")},
               .format = FileFormat::kText}),
      OneFile("tinystories", "chapter 5: two million of them", "CDLA-Sharing 1", 2.2e9,
              {.path = "tinystories/TinyStoriesV2-GPT4-train.txt",
               .urls = {HuggingFace(
                   "datasets/roneneldan/TinyStories/resolve/main/TinyStoriesV2-GPT4-train.txt")},
               .format = FileFormat::kText})};
}

std::vector<Asset> Llamas() {
  return {
      OneFile(
          "llama2-tokenizer", "chapter 2: Llama 2's sentencepiece model", "Llama 2", 499723,
          {.path = "llama/tokenizer.model",
           .urls = {"https://raw.githubusercontent.com/karpathy/llama2.c/master/tokenizer.model"},
           .size = 499723,
           .sha256 = "9e556afd44213b6bd1be2b850ebbbd98f5481437a8021afaf58ee7fb1818d347"}),
      OneFile(
          "stories260K", "a tiny model like Llama 2", "MIT", 1056540,
          {.path = "llama/stories260K.bin",
           .urls = {HuggingFace("karpathy/tinyllamas/resolve/main/stories260K/stories260K.bin")},
           .size = 1056540,
           .sha256 = "9414d5a285453a7eab631713d171753232c978f6f97654211469aff8be93c8d6"})};
}

std::vector<Asset> FinetuningData() {
  return {
      OneFile(
          "sms-spam", "chapter 6: 5,574 text messages, spam or not", "CC BY 4.0", 203415,
          {.path = "sms/SMSSpamCollection",
           .urls =
               {"https://archive.ics.uci.edu/static/public/228/sms+spam+collection.zip",
                "https://f001.backblazeb2.com/file/LLMs-from-scratch/sms%2Bspam%2Bcollection.zip"},
           .size = 477907,
           .sha256 = "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d",
           .zip_member = "SMSSpamCollection"}),
      OneFile("imdb", "chapter 6: 50,000 film reviews (tar)", "see its README", 84.1e6,
              {.path = "imdb/aclImdb_v1.tar.gz",
               .urls = {"https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
                        "http://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"},
               .format = FileFormat::kGzip}),
      OneFile("instruction-data", "chapter 7: 1,100 instructions with answers", "Apache 2.0",
              203524,
              {.path = "instruction-data.json",
               .urls = {Workshop("ch07/01_main-chapter-code/instruction-data.json")},
               .size = 203524,
               .sha256 = "7e09a9af353722ca15c18bc580f093f9c39d3178335a75177319cb1e1d163944"}),
      OneFile("preference-data", "chapter 7: the same with chosen and rejected answers",
              "Apache 2.0", 386968,
              {.path = "instruction-data-with-preference.json",
               .urls = {Workshop(
                   "ch07/04_preference-tuning-with-dpo/instruction-data-with-preference.json")},
               .size = 386968,
               .sha256 = "305315abf14f65fa42c01a0877572f832606571c2a7d49f152ac1d758b16756e"}),
      OneFile("evaluation-data", "chapter 7: answers of two models", "Apache 2.0", 36874,
              {.path = "eval-example-data.json",
               .urls = {Workshop("ch07/03_model-evaluation/eval-example-data.json")},
               .size = 36874,
               .sha256 = "90e9ceb4f1184f6b307fd76d0dd1e8b15bd3da200b1fc69ee897107394a775e0"}),
      OneFile("alpaca", "chapter 7: 52,002 instructions by GPT-3", "CC BY-NC 4.0", 22.8e6,
              {.path = "alpaca_data.json",
               .urls = {"https://raw.githubusercontent.com/tatsu-lab/stanford_alpaca/main/"
                        "alpaca_data.json"},
               .format = FileFormat::kJson})};
}

std::vector<Asset> MakeAssets() {
  std::vector<Asset> assets = {Gpt2Vocabulary()};
  for (const auto& group : {Texts(), Llamas()})
    assets.insert(assets.end(), group.begin(), group.end());
  assets.push_back(Gpt2TensorFlow("124M", 124439808, 5215));
  assets.push_back(Gpt2TensorFlow("355M", 354823168, 10399));
  assets.push_back(Gpt2TensorFlow("774M", 774030080, 0));
  assets.push_back(Gpt2TensorFlow("1558M", 1557611200, 0));
  assets.push_back(Gpt2SmallSafetensors());
  assets.push_back(Gpt2Safetensors("355M", "gpt2-medium", 1.52e9));
  assets.push_back(Gpt2Safetensors("774M", "gpt2-large", 3.25e9));
  assets.push_back(Gpt2Safetensors("1558M", "gpt2-xl", 6.43e9));
  const std::vector<Asset> data = FinetuningData();
  assets.insert(assets.end(), data.begin(), data.end());
  return assets;
}

}  // namespace

const std::vector<Asset>& Assets() {
  static const auto& assets = *new std::vector<Asset>(MakeAssets());
  return assets;
}

const Asset* FindAsset(const std::string& name) {
  for (const Asset& asset : Assets()) {
    if (asset.name == name) return &asset;
  }
  return nullptr;
}

}  // namespace gokart
