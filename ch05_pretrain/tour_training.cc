// Sections 5.1.3 and 5.2 of the tour: training, and how close it comes to the best possible model.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch05_pretrain/default_runs.h"
#include "ch05_pretrain/loss.h"
#include "ch05_pretrain/story_floor.h"
#include "ch05_pretrain/tour_sections.h"
#include "ch05_pretrain/train_command.h"
#include "tensor/random.h"
#include "workshop/plot.h"
#include "workshop/section.h"
#include "workshop/stories/stories.h"
#include "workshop/text_plot.h"

namespace gokart {
namespace {

constexpr int64_t kScoredStories = 300;
constexpr int64_t kWrittenStories = 20;
// A little below 1, where rare slips become rarer still.
constexpr double kTemperature = 0.5;
// Seeds of stories that the model never trained on.
constexpr uint64_t kScoreSeed = 987654321;

// The longest a story may get before it is cut off.
int64_t MaxStoryTokens(const PretrainRun& run) { return run.options().model.context_length - 1; }

LineChart LossChart(const PretrainRun& run, double floor) {
  LineChart chart = {.title = "Loss on stories",
                     .x_label = "Tokens seen (thousands)",
                     .y_label = "Loss (nats per token)",
                     .series = {{.label = "training"}, {.label = "validation"}},
                     .log_y = true,
                     .horizontal_lines = {{.label = "entropy of the stories", .y = floor}}};
  for (const Evaluation& e : run.history()) {
    for (Series& s : chart.series) s.x.push_back(static_cast<double>(e.tokens_seen) / 1000);
    chart.series[0].y.push_back(e.train_loss);
    chart.series[1].y.push_back(e.val_loss);
  }
  return chart;
}

}  // namespace

absl::Status ShowTraining(const TourOptions& options, std::unique_ptr<PretrainRun>& run) {
  PrintSection("5.2", "Training");
  PrintProse(
      "The workshop trains on a short story until the model knows it by heart. Here the laptop "
      "model reads stories "
      "that a grammar writes, each one new, so it has to learn how stories go. Training is chapter "
      "5's loop: predict, "
      "measure the loss, go back through the tape for the gradient, let AdamW take a step.");
  PretrainOptions training = StoryRunOptions();
  training.seed = options.seed;
  const std::string folder =
      options.folder.empty() ? std::string() : absl::StrCat(options.folder, "/stories");
  absl::StatusOr<std::unique_ptr<PretrainRun>> started = PretrainRun::Start(training, folder);
  if (!started.ok()) return started.status();
  run = *std::move(started);
  return TrainAndReport(*run, {.print_samples = false});
}

absl::Status ShowFloor(const TourOptions& options, PretrainRun& run) {
  PrintSection("5.2", "How good is it?");
  absl::StatusOr<StoryScore> score =
      ScoreStories(run.model(), run.tokenizer(), kScoreSeed, kScoredStories);
  if (!score.ok()) return score.status();
  const LineChart chart = LossChart(run, score->floor);
  std::printf("%s\n", TextPlot(chart, OptionsForStdout()).c_str());
  if (!options.folder.empty()) {
    // A picture that cannot be drawn (no gnuplot) is no reason to end the tour.
    SavePlot(chart, absl::StrCat(options.folder, "/story_loss")).IgnoreError();
  }
  PrintProse(absl::StrFormat(
      "No model can do better than the stories' own entropy, which the grammar gives exactly: %.4f "
      "nats per token "
      "(%.1f per story of %.1f tokens). On %d stories that it has never seen, whose own surprise "
      "is %.4f, "
      "the model's loss is %.4f: %.1f%% above it.",
      score->floor, StoryEntropy(), score->tokens_per_story, static_cast<int>(score->stories),
      score->sample_floor, score->loss, 100 * (score->loss / score->sample_floor - 1)));
  AddFinding(
      options,
      absl::StrFormat(
          "Chapter 5: on stories that it has never seen, the trained model's loss is %.4f nats per "
          "token, %.1f%% above the best that any model could have.",
          score->loss, 100 * (score->loss / score->sample_floor - 1)));
  Generator generator(options.seed);
  absl::StatusOr<std::string> written = WriteStories(run.model(), run.tokenizer(), kWrittenStories,
                                                     kTemperature, MaxStoryTokens(run), generator);
  if (!written.ok()) return written.status();
  const StoriesCheck check = CheckStories(*written);
  PrintProse(absl::StrFormat(
      "A story that it writes, token by token, at temperature 0.5 (more on that below):"));
  PrintBlock(WrapText(written->substr(0, written->find(kEndOfStory)), 76));
  PrintProse(absl::StrFormat(
      "Of %d stories that it wrote, the grammar accepts %d.%s", check.stories, check.grammatical,
      check.first_error.empty() ? "" : " The first slip: " + check.first_error));
  return absl::OkStatus();
}

}  // namespace gokart
