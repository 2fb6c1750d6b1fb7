#include "ch06_classify/testing/tiny_base.h"

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "ch04_model/gpt_model.h"
#include "ch05_pretrain/checkpoint.h"
#include "ch05_pretrain/run_tokenizer.h"
#include "tensor/random.h"

namespace gokart {
namespace {

void Check(const absl::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

}  // namespace

std::string TinyMessages(int per_class) {
  const char* const ham[] = {"see you at", "dinner is at", "call mum at", "train leaves at"};
  const char* const spam[] = {"win cash now", "free prize call", "claim money txt", "urgent win"};
  std::string tsv;
  for (int i = 0; i < per_class; ++i) {
    const std::string number = std::to_string(100 + 7 * i);
    tsv += std::string("ham\t") + ham[i % 4] + " " + number + "\n";
    tsv += std::string("spam\t") + spam[i % 4] + " " + number + "\n";
  }
  return tsv;
}

std::string WriteTinyBase(const std::string& folder, uint64_t seed) {
  const std::string checkpoint = folder + "/checkpoint";
  std::filesystem::create_directories(checkpoint);
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer =
      MakeRunTokenizer("bpe:300", TinyMessages(50));
  Check(tokenizer.status());
  GptConfig config;
  config.vocab_size = (*tokenizer)->vocab_size();
  config.context_length = 24, config.emb_dim = 16, config.n_heads = 2, config.n_layers = 2;
  config.drop_rate = 0;
  ManualSeed(seed);
  const GPTModel model(config);
  Check(SaveRunTokenizer(**tokenizer, checkpoint));
  Check(SaveCheckpoint(checkpoint + "/checkpoint.safetensors",
                       {.parts = model.NamedParts(),
                        .state = {},
                        .metadata = {{"config", GptConfigToJson(config).dump()}}}));
  return folder;
}

}  // namespace gokart
