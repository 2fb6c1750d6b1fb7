// How long it takes until the weights of a file can be used, and in how much memory, against a
// plain read of the file and the memory that the model needs.
//
//   bazel run -c opt //ch05_pretrain/weights:load_benchmark -- gpt2/model.safetensors [q8]
//
// Run it twice: the first time the file may not be in the page cache. The peak counts all resident
// memory, also pages of the mapped file.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>

#include "ch05_pretrain/weights/load_model.h"
#include "ch05_pretrain/weights/open_weights.h"
#include "workshop/human.h"

namespace gokart {
namespace {

double Now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

double PeakBytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

double Load(const std::string& path, const LoadModelOptions& options, double* model_bytes) {
  const double start = Now();
  absl::StatusOr<WeightFile> file = OpenWeights(path);
  absl::StatusOr<LoadedModel> loaded =
      file.ok() ? LoadModel(*std::move(file), options) : file.status();
  const double seconds = Now() - start;
  if (!loaded.ok()) {
    std::fprintf(stderr, "%s\n", loaded.status().ToString().c_str());
    return -1;
  }
  *model_bytes = static_cast<double>(loaded->model->WeightBytes());
  // Weights in the map are only read when they are used; they count too.
  double sum = 0;
  for (const Tensor& p : loaded->model->Parameters()) {
    for (int64_t i = 0; i < p.size(); i += 1024) sum += p.data()[i];
  }
  std::printf("  (sum of some weights: %g)\n", sum);
  return seconds;
}

int Run(const std::string& path, std::optional<WeightFormat> format) {
  const double before = PeakBytes();
  double bytes = 0, best = 1e9, trainable = 1e9, peak = 0;
  for (int i = 0; i < 3; ++i) {
    const double seconds = Load(path, {.format = format}, &bytes);
    if (seconds < 0) return 1;
    if (i == 0) peak = PeakBytes() - before;
    best = std::min(best, seconds);
  }
  std::printf("Ready to generate  %s, %.1f GB/s\n", FormatDuration(best).c_str(),
              bytes / best / 1e9);
  for (int i = 0; i < 2; ++i) {
    double floats = 0;
    trainable = std::min(trainable, Load(path, {.trainable = true}, &floats));
  }
  std::printf("Ready to train     %s\n", FormatDuration(trainable).c_str());
  std::printf("Peak memory        %s, %.3f times the model's %s\n", FormatBytes(peak).c_str(),
              peak / bytes, FormatBytes(bytes).c_str());
  return 0;
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) {
  std::optional<gokart::WeightFormat> format;
  if (argc == 3) format = gokart::FindWeightFormat(argv[2]);
  if (argc < 2 || argc > 3 || (argc == 3 && !format)) {
    std::fprintf(stderr, "usage: load_benchmark FILE_OR_FOLDER [FORMAT]\n");
    return 1;
  }
  return gokart::Run(argv[1], format);
}
