// Sections 5.3 and 5.4 of the tour.
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch05_pretrain/sampling.h"
#include "ch05_pretrain/story_floor.h"
#include "ch05_pretrain/tour_sections.h"
#include "ch05_pretrain/trained_model.h"
#include "tensor/random.h"
#include "workshop/plot.h"
#include "workshop/section.h"
#include "workshop/stories/stories.h"
#include "workshop/table.h"
#include "workshop/text_plot.h"

namespace gokart {
namespace {

// The workshop's toy vocabulary and the logits that follow "every effort moves you".
const std::vector<std::string> kWords = {"closer", "every", "effort", "forward", "inches",
                                         "moves",  "pizza", "toward", "you"};
const std::vector<float> kLogits = {4.51f,  0.89f,  -1.90f, 6.75f, 1.63f,
                                    -1.62f, -1.89f, 6.28f,  1.79f};

std::vector<double> ToDoubles(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

void ShowTemperature(const TourOptions& options) {
  PrintSection("5.3.1", "Temperature");
  BarChart chart = {.title = "Temperature", .y_label = "Probability", .categories = kWords};
  Table table({"next word", "T = 0.1", "T = 1", "T = 5"});
  std::vector<std::vector<float>> columns;
  for (double t : {0.1, 1.0, 5.0}) {
    columns.push_back(SoftmaxWithTemperature(kLogits, t));
    chart.series.push_back(
        {.label = absl::StrFormat("T = %g", t), .values = ToDoubles(columns.back())});
  }
  for (size_t i = 0; i < kWords.size(); ++i) {
    table.AddRow({kWords[i], absl::StrFormat("%.4f", columns[0][i]),
                  absl::StrFormat("%.4f", columns[1][i]), absl::StrFormat("%.4f", columns[2][i])});
  }
  PrintProse(
      "Dividing the logits by a temperature before the softmax makes the choice sharper (below 1) "
      "or "
      "more even (above 1). For \"every effort moves you\" and a vocabulary of nine words:");
  PrintBlock(table.ToText());
  std::vector<int> counts(kWords.size());
  Generator generator(options.seed);
  for (int i = 0; i < 1000; ++i) ++counts[SampleToken(kLogits, {.temperature = 1}, generator)];
  PrintProse(
      absl::StrFormat("1000 draws at T = 1: %d x forward, %d x toward, %d x closer, %d x inches, "
                      "%d x pizza. (The workshop draws 582, "
                      "343, 73, 2 and 0.)",
                      counts[3], counts[7], counts[0], counts[4], counts[6]));
  if (!options.folder.empty()) {
    // A picture that cannot be drawn (no gnuplot) is no reason to end the tour.
    SavePlot(chart, absl::StrCat(options.folder, "/temperature")).IgnoreError();
  }
}

void ShowTopKAndTopP() {
  PrintSection("5.3.2", "Top-k and top-p");
  std::vector<float> top_k = kLogits;
  KeepTopK(top_k, 3);
  std::vector<float> top_p = SoftmaxWithTemperature(kLogits, 1);
  KeepTopP(top_p, 0.9);
  double nucleus = 0;
  for (float p : top_p) nucleus += p;
  const std::vector<float> of_k = SoftmaxWithTemperature(top_k, 1);
  Table table({"next word", "all", "top_k = 3", "top_p = 0.9"});
  const std::vector<float> all = SoftmaxWithTemperature(kLogits, 1);
  for (size_t i = 0; i < kWords.size(); ++i) {
    table.AddRow({kWords[i], absl::StrFormat("%.4f", all[i]), absl::StrFormat("%.4f", of_k[i]),
                  absl::StrFormat("%.4f", top_p[i] / nucleus)});
  }
  PrintProse(
      "A warm choice now and then takes a word that makes no sense. Top-k leaves only the k "
      "likeliest; "
      "top-p the fewest that together reach a probability, so that it allows many where the model "
      "is "
      "unsure and few where it is sure:");
  PrintBlock(table.ToText());
}

}  // namespace

absl::Status ShowDecoding(const TourOptions& options, PretrainRun& run) {
  ShowTemperature(options);
  ShowTopKAndTopP();
  PrintSection("5.3.3", "The same model at three temperatures");
  for (double t : {0.0, 0.7, 1.5}) {
    Generator generator(options.seed);
    absl::StatusOr<std::string> story =
        WriteStories(run.model(), run.tokenizer(), /*num_stories=*/1, t,
                     run.options().model.context_length - 1, generator);
    if (!story.ok()) return story.status();
    PrintProse(absl::StrFormat("Temperature %g:", t));
    PrintBlock(WrapText(story->substr(0, story->find(kEndOfStory)), 76));
  }
  return absl::OkStatus();
}

absl::Status ShowCheckpoint(PretrainRun& run) {
  PrintSection("5.4", "Saving and loading");
  absl::StatusOr<TrainedModel> loaded = LoadTrainedModel(run.folder());
  if (!loaded.ok()) return loaded.status();
  const std::vector<Tensor> trained = run.model().Parameters(), read = loaded->model->Parameters();
  int64_t same = 0, values = 0;
  for (size_t i = 0; i < trained.size(); ++i) {
    for (int64_t j = 0; j < trained[i].size(); ++j) {
      same += trained[i].data()[j] == read[i].data()[j];
      ++values;
    }
  }
  PrintProse(
      absl::StrFormat("The checkpoint holds the weights, AdamW's two moments of each, and where "
                      "data order and random numbers stood, so "
                      "that training can go on as if it had never stopped. Read back: %d of %d "
                      "weights are the same bits.",
                      same, values));
  PrintProse(absl::StrCat("Your model is in ", run.folder(),
                          ". It goes on writing with\n\n  bazel run //ch05_pretrain -- generate "
                          "--temperature=1 --weights=",
                          run.folder()));
  return absl::OkStatus();
}

}  // namespace gokart
