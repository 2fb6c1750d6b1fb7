#include "ch06_classify/base_model.h"

#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ch05_pretrain/default_runs.h"
#include "ch05_pretrain/pretrain_run.h"
#include "ch05_pretrain/train_command.h"
#include "tensor/nn/skip_init.h"
#include "workshop/assets.h"
#include "workshop/file.h"
#include "workshop/sha256.h"

namespace gokart {
namespace {

namespace fs = std::filesystem;

// A run that was begun in `folder`, or a new one.
absl::StatusOr<std::unique_ptr<PretrainRun>> StartOrResume(const std::string& folder) {
  if (fs::exists(folder + "/checkpoint/checkpoint.safetensors")) {
    return PretrainRun::Resume(folder, std::nullopt);
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);  // begun, but without a checkpoint to go on from
  return PretrainRun::Start(StoryRunOptions(), folder);
}

}  // namespace

std::string DefaultBaseModelPath() {
  const std::string options = PretrainOptionsToJson(StoryRunOptions()).dump();
  Sha256 sum;
  sum.Add(options.data(), options.size());
  return AssetPath(absl::StrCat("models/stories-", sum.Hex().substr(0, 8)));
}

absl::StatusOr<std::string> DefaultBaseModel() {
  const std::string path = DefaultBaseModelPath(), partial = path + ".partial";
  if (fs::exists(path)) return path;
  std::printf(
      "There is no pretrained model yet: chapter 5's laptop model is trained on stories first, "
      "once.\nIt will be kept in %s.\n\n",
      path.c_str());
  std::fflush(stdout);
  if (absl::Status s = MakeFolders(fs::path(path).parent_path().string()); !s.ok()) return s;
  absl::StatusOr<std::unique_ptr<PretrainRun>> run = StartOrResume(partial);
  if (!run.ok()) return run.status();
  if (absl::Status s = TrainAndReport(**run, {.print_samples = false}); !s.ok()) return s;
  const bool finished = (*run)->finished();
  run->reset();  // lets go of the folder
  if (!finished) return absl::CancelledError("pretraining was interrupted; the next call goes on");
  std::error_code error;
  fs::rename(partial, path, error);
  if (error) return ErrnoStatus("cannot rename " + partial, error.value());
  std::printf("\n");
  return path;
}

std::unique_ptr<GPTModel> WithDropRate(std::unique_ptr<GPTModel> model, double drop_rate) {
  GptConfig config = model->config;
  config.drop_rate = drop_rate;
  config.drop_rate_emb = config.drop_rate_attn = config.drop_rate_shortcut = std::nullopt;
  std::unique_ptr<GPTModel> changed;
  {
    const SkipInit skip_init;
    changed = std::make_unique<GPTModel>(config);
  }
  std::vector<Tensor> from = model->Parameters(), to = changed->Parameters();
  for (size_t i = 0; i < to.size(); ++i) to[i].SetBuffer(from[i].buffer());
  return changed;
}

}  // namespace gokart
