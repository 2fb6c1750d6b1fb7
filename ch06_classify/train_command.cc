#include "ch06_classify/train_command.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tensor/random.h"
#include "workshop/csv_file.h"
#include "workshop/file.h"
#include "workshop/human.h"
#include "workshop/interrupt.h"
#include "workshop/plot.h"
#include "workshop/progress.h"
#include "workshop/section.h"
#include "workshop/table.h"

namespace gokart {
namespace {

std::string Percent(double share) { return absl::StrFormat("%.2f%%", 100 * share); }

void PrintLine(const char* title, const std::string& text) {
  std::printf("%-11s %s\n", title, text.c_str());
}

std::string WhatIsTrained(const ClassifyRun& run, const GptClassifier& model) {
  const ClassifyOptions& o = run.options();
  const std::string which =
      o.lora_rank > 0
          ? absl::StrCat(o.qlora ? "QLoRA" : "LoRA", " of rank ", o.lora_rank, ", alpha ",
                         o.lora_alpha, o.lora_train_head ? ", and the head" : "")
          : o.trainable_layers;
  return absl::StrCat(FormatCount(model.NumTrainableParameters()), " parameters (", which, ") of ",
                      FormatCount(model.NumParameters()));
}

void PrintRun(ClassifyRun& run) {
  const GptClassifier& model = *run.classifier().model;
  const GptConfig& c = model.body->config;
  PrintLine("Model", absl::StrCat(run.base_path(), ": ", c.n_layers, " layers, ", c.n_heads,
                                  " heads, ", c.emb_dim, " wide, context ", c.context_length));
  for (const std::string& note : run.notes()) PrintLine("Note", note);
  PrintLine("Weights", FormatBytes(static_cast<double>(model.WeightBytes())) + " in memory");
  PrintLine("Trained", WhatIsTrained(run, model));
  PrintLine("Texts",
            absl::StrCat(run.source(), ": ", run.split().train.size(), " to train, ",
                         run.split().val.size(), " to validate, ", run.split().test.size(),
                         " to test; classes ", absl::StrJoin(run.classifier().classes, ", ")));
  PrintLine("Rows", absl::StrCat(run.classifier().padding.max_length, " tokens",
                                 run.options().no_padding ? " at most" : "", "; longest text ",
                                 run.longest_text()));
  if (run.num_cut() > 0) {
    PrintLine("Note", absl::StrCat(run.num_cut(),
                                   " texts are longer than a row: only their beginnings are read"));
  }
}

// Everything about a training that is kept: rows, curves, the interrupt.
class Recorder {
 public:
  Recorder(ClassifyRun& run, const std::string& folder, const ClassifyReport& report)
      : folder_(folder), report_(report), progress_("finetuning", run.total_steps(), {}) {}

  absl::Status OpenMetrics() {
    if (folder_.empty()) return absl::OkStatus();
    if (absl::Status s = MakeFolders(folder_); !s.ok()) return s;
    absl::StatusOr<CsvFile> file =
        CsvFile::Create(folder_ + "/metrics.csv", {"step", "epoch", "examples_seen", "train_loss",
                                                   "val_loss", "train_accuracy", "val_accuracy"});
    if (!file.ok()) return file.status();
    metrics_.emplace(*std::move(file));
    return absl::OkStatus();
  }

  ClassifyObserver Observer() {
    ClassifyObserver observer;
    observer.should_stop = [this] { return interrupt_.Requested() || !failure_.ok(); };
    observer.on_step = [this](const StepReport& s) {
      progress_.Update(s.step + 1, absl::StrFormat("loss %.3f", s.loss));
      step_ = s.step;
    };
    observer.on_evaluation = [this](const Evaluation& e) { OnEvaluation(e); };
    observer.on_epoch_end = [this](const EpochAccuracy& a) { OnEpochEnd(a); };
    return observer;
  }

  absl::Status Finish() {
    progress_.Finish();
    if (folder_.empty() || !failure_.ok()) return failure_;
    for (const auto& [chart, name] :
         {std::pair(&loss_, "loss"), std::pair(&accuracy_, "accuracy")}) {
      if (chart->series[0].x.size() < 2) continue;
      const absl::Status status = SavePlot(*chart, absl::StrCat(folder_, "/", name));
      // Without gnuplot there is no picture, but the run is none the worse.
      if (!status.ok() && !absl::IsUnavailable(status)) return status;
    }
    return absl::OkStatus();
  }

  double seconds() const { return progress_.Seconds(); }
  bool interrupted() const { return interrupt_.Requested(); }

 private:
  static LineChart ChartOf(const std::string& what, const std::string& x_label) {
    return {.title = what + " while finetuning",
            .x_label = x_label,
            .y_label = what,
            .series = {{.label = "training"}, {.label = "validation"}}};
  }

  static void AddPoint(LineChart& chart, double x, double train, double val) {
    for (Series& series : chart.series) series.x.push_back(x);
    chart.series[0].y.push_back(train);
    chart.series[1].y.push_back(val);
  }

  void Print(const std::string& line) {
    if (!report_.print_evaluations) return;
    progress_.Hide();
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
  }

  void AddRow(const CsvFile::Row& row) {
    if (metrics_.has_value()) failure_.Update(metrics_->AddRow(row));
  }

  void OnEvaluation(const Evaluation& e) {
    Print(absl::StrFormat("Ep %d (Step %06d): Train loss %.3f, Val loss %.3f", e.epoch, e.step,
                          e.train_loss, e.val_loss));
    AddRow({absl::StrCat(e.step), absl::StrCat(e.epoch), absl::StrCat(e.tokens_seen),
            absl::StrFormat("%.6f", e.train_loss), absl::StrFormat("%.6f", e.val_loss), "", ""});
    AddPoint(loss_, static_cast<double>(e.step), e.train_loss, e.val_loss);
  }

  void OnEpochEnd(const EpochAccuracy& a) {
    Print(absl::StrCat("Training accuracy: ", Percent(a.train),
                       " | Validation accuracy: ", Percent(a.val)));
    AddRow({absl::StrCat(step_), absl::StrCat(a.epoch), absl::StrCat(a.examples_seen), "", "",
            absl::StrFormat("%.6f", a.train), absl::StrFormat("%.6f", a.val)});
    AddPoint(accuracy_, static_cast<double>(a.epoch), a.train, a.val);
  }

  const std::string folder_;
  const ClassifyReport report_;
  const InterruptGuard interrupt_;
  Progress progress_;
  std::optional<CsvFile> metrics_;
  LineChart loss_ = ChartOf("Loss", "Steps"), accuracy_ = ChartOf("Accuracy", "Epochs");
  int64_t step_ = 0;
  absl::Status failure_;
};

absl::Status WriteScores(const std::string& folder, const ClassifyOutcome& outcome) {
  const ClassifyScores& s = outcome.scores;
  const nlohmann::json json = {{"initial_test_loss", outcome.initial_test_loss},
                               {"train_accuracy", s.train},
                               {"val_accuracy", s.val},
                               {"test_accuracy", s.test},
                               {"bag_of_words_train_accuracy", s.bag_of_words_train},
                               {"bag_of_words_test_accuracy", s.bag_of_words_test},
                               {"seconds", outcome.seconds},
                               {"interrupted", outcome.interrupted}};
  return WriteFile(folder + "/scores.json", json.dump(2) + "\n");
}

}  // namespace

absl::StatusOr<ClassifyOutcome> TrainClassifierAndReport(ClassifyRun& run,
                                                         const std::string& folder,
                                                         const ClassifyReport& report) {
  if (report.print_run) {
    PrintRun(run);
    if (!folder.empty()) PrintLine("Folder", folder);
    std::fflush(stdout);
  }
  ClassifyOutcome outcome;
  ManualSeed(run.options().seed);
  outcome.initial_test_loss = run.LossOf(run.test_loader());
  if (report.print_run) {
    PrintLine("Before",
              absl::StrFormat("loss %.3f on the test texts\n", outcome.initial_test_loss));
    std::fflush(stdout);
  }
  Recorder recorder(run, folder, report);
  if (absl::Status s = recorder.OpenMetrics(); !s.ok()) return s;
  if (absl::Status s = run.Train(recorder.Observer()); !s.ok()) return s;
  if (absl::Status s = recorder.Finish(); !s.ok()) return s;
  outcome.seconds = recorder.seconds();
  outcome.interrupted = recorder.interrupted();
  outcome.scores = run.Score();
  if (folder.empty()) return outcome;
  if (absl::Status s = run.Save(folder); !s.ok()) return s;
  if (absl::Status s = WriteScores(folder, outcome); !s.ok()) return s;
  return outcome;
}

void PrintScores(const ClassifyScores& scores) {
  Table table({"accuracy", "training", "validation", "test"});
  table.AddRow(
      {"this classifier", Percent(scores.train), Percent(scores.val), Percent(scores.test)});
  table.AddRow({"bag of words, logistic regression", Percent(scores.bag_of_words_train), "-",
                Percent(scores.bag_of_words_test)});
  PrintBlock(table.ToText());
  std::printf("\n");
  PrintBlock(scores.test_confusion.CountsTable());
  std::printf("\n");
  PrintBlock(scores.test_confusion.ScoresTable());
}

}  // namespace gokart
