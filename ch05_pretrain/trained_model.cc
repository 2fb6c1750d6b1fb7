#include "ch05_pretrain/trained_model.h"

#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/checkpoint.h"
#include "ch05_pretrain/weights/load_model.h"
#include "ch05_pretrain/weights/open_weights.h"
#include "ch05_pretrain/weights/weights_tokenizer.h"

namespace gokart {

absl::StatusOr<TrainedModel> LoadTrainedModel(const std::string& path, const LoadOptions& options) {
  absl::StatusOr<WeightFile> file = OpenWeights(path);
  if (!file.ok()) return file.status();
  const auto give_back = [&](std::span<const std::byte> bytes) { file->GivePagesBack(bytes); };
  if (absl::Status s = VerifyCheckpoint(file->path, file->tensors, file->metadata, give_back);
      !s.ok()) {
    return s;
  }
  TrainedModel trained = {.format = file->format};
  absl::StatusOr<GptConfig> config = ConfigOf(*file, {.n_heads = options.n_heads}, trained.notes);
  if (!config.ok()) return config.status();
  if (options.with_tokenizer) {
    absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer =
        LoadTokenizerOf(*file, options.tokenizer, config->vocab_size);
    if (!tokenizer.ok()) return tokenizer.status();
    trained.tokenizer = *std::move(tokenizer);
  }
  absl::StatusOr<LoadedModel> loaded =
      LoadModel(*std::move(file), {.trainable = options.trainable,
                                   .tie_weights = options.tie_weights,
                                   .n_heads = options.n_heads,
                                   .format = options.format});
  if (!loaded.ok()) return loaded.status();
  trained.model = std::move(loaded->model);
  return trained;
}

}  // namespace gokart
