// The whole workshop in one sitting: every stage from raw text to a trained model, on text that
// ships with the project. `bazel run //:workshop`

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ch01_setup/tour.h"
#include "ch02_data/tour.h"
#include "ch03_attention/tour.h"
#include "ch04_model/tour.h"
#include "ch05_pretrain/tour.h"
#include "ch06_classify/tour.h"
#include "ch07_instruct/tour.h"
#include "workshop/command_line.h"
#include "workshop/file.h"
#include "workshop/human.h"
#include "workshop/run_folder.h"
#include "workshop/section.h"
#include "workshop/table.h"
#include "workshop/terminal.h"
#include "workshop/tour.h"

ABSL_FLAG(std::string, out, "",
          "Folder for pictures and models; empty: the next free of runs/workshop-1, -2, ...");

namespace gokart {
namespace {

struct Stage {
  std::string name;  // of the chapter, and of the stage's folder
  std::string title;
  // `base_model`: what chapter 5 left, for those that go on from there; empty if it has not run.
  std::function<absl::Status(const TourOptions&, const std::string& base_model)> tour;
};

// For chapters that begin anew.
auto Alone(absl::Status (*tour)(const TourOptions&)) {
  return [tour](const TourOptions& options, const std::string&) { return tour(options); };
}

const std::vector<Stage>& Stages() {
  static const auto& stages = *new std::vector<Stage>{
      {"ch01_setup", "Is everything there, and how fast is this machine?", Alone(SetupTour)},
      {"ch02_data", "Text to tokens, tokens to batches, batches to vectors.", Alone(DataTour)},
      {"ch03_attention", "How does a token look at the tokens before it?", Alone(AttentionTour)},
      {"ch04_model",
       "From attention to a GPT: blocks, parameters, and text from an untrained model.",
       Alone(ModelTour)},
      {"ch05_pretrain", "Training: from noise to stories without mistakes.", Alone(PretrainTour)},
      {"ch06_classify", "Finetuning: the model learns to tell spam from messages.", ClassifyTour},
      {"ch07_instruct", "Finetuning: the model learns to do what it is told.", InstructTour},
  };
  return stages;
}

// What came of a stage.
struct Outcome {
  const Stage* stage;
  absl::Status status;
  double seconds;
};

std::string StageNames() {
  std::vector<std::string> names;
  for (const Stage& stage : Stages()) names.push_back(stage.name);
  return absl::StrJoin(names, ", ");
}

// A stage's name may be shortened: ch03, 3.
bool Means(const std::string& word, const Stage& stage) {
  return word == stage.name || word == stage.name.substr(0, 4) || word == stage.name.substr(3, 1);
}

// The named stages in their order; all if none is named.
absl::StatusOr<std::vector<const Stage*>> ChooseStages(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    const auto means_it = [&](const Stage& stage) { return Means(word, stage); };
    if (std::none_of(Stages().begin(), Stages().end(), means_it)) {
      return absl::NotFoundError(
          absl::StrCat("'", word, "' is no chapter; there are ", StageNames()));
    }
  }
  std::vector<const Stage*> chosen;
  for (const Stage& stage : Stages()) {
    const auto names_it = [&](const std::string& word) { return Means(word, stage); };
    if (words.empty() || std::any_of(words.begin(), words.end(), names_it))
      chosen.push_back(&stage);
  }
  return chosen;
}

absl::StatusOr<RunFolder> MakeFolder() {
  const nlohmann::json config = {{"command", "workshop"}, {"seed", absl::GetFlag(FLAGS_seed)}};
  return RunFolder::CreateChosen(absl::GetFlag(FLAGS_out), "workshop", config);
}

double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

absl::Status RunStage(const Stage& stage, const RunFolder& run,
                      std::vector<std::string>* findings) {
  const std::string folder = run.File(stage.name);
  if (absl::Status status = MakeFolders(folder); !status.ok()) return status;
  const std::string stories = run.File("ch05_pretrain/stories");
  const absl::Status status = stage.tour(
      {.folder = folder, .seed = absl::GetFlag(FLAGS_seed), .brief = true, .findings = findings},
      std::filesystem::exists(stories) ? stories : "");
  std::error_code ignored;
  if (std::filesystem::is_empty(folder, ignored)) std::filesystem::remove(folder, ignored);
  return status;
}

void PrintStageLine(size_t number, size_t count, double seconds, const std::string& title) {
  const std::string time =
      number == 1 ? "" : absl::StrCat(" (", FormatDuration(seconds), " so far)");
  const std::string line = absl::StrCat("▶ Stage ", number, " of ", count, time, ": ", title);
  std::printf("\n\n%s\n", Bold(line, UseColor(STDOUT_FILENO)).c_str());
}

void PrintStages(const std::vector<Outcome>& outcomes) {
  Table table({"stage", "took", "what"});
  for (const Outcome& outcome : outcomes) {
    const bool ok = outcome.status.ok();
    table.AddRow({outcome.stage->name, FormatDuration(outcome.seconds),
                  ok ? outcome.stage->title : absl::StrCat("FAILED: ", outcome.status.message())});
  }
  PrintBlock(table.ToText(TerminalWidth(STDOUT_FILENO) - 2));
}

void PrintWhatNext() {
  PrintSection("", "What to try next");
  PrintProse(
      "Train a model on your own text, and let it write:\n\n"
      "  bazel run //ch05_pretrain -- train --text=my.txt --out=runs/mine\n"
      "  bazel run //ch05_pretrain -- generate --weights=runs/mine --prompt=\"Once\"\n\n"
      "Repeat the workshop's own training, loss by loss:\n\n"
      "  bazel run //ch01_setup -- download the-verdict\n"
      "  bazel run //ch05_pretrain -- help train\n\n"
      "Each chapter has a longer tour of its own, and a README that teaches it:\n\n");
  std::string commands;
  for (const Stage& stage : Stages()) absl::StrAppend(&commands, "bazel run //", stage.name, "\n");
  PrintBlock(commands);
}

void PrintLastPage(const std::vector<Outcome>& outcomes, const std::vector<std::string>& findings,
                   const RunFolder& run) {
  PrintChapter("What was built, and how good it is");
  for (const std::string& finding : findings) PrintProse(finding + "\n");
  std::printf("\n");
  PrintStages(outcomes);
  PrintProse(absl::StrCat("\nPictures and models are in ",
                          std::filesystem::absolute(run.path()).string(), "."));
  PrintWhatNext();
}

absl::Status Workshop(const std::vector<std::string>& words) {
  const absl::StatusOr<std::vector<const Stage*>> stages = ChooseStages(words);
  if (!stages.ok()) return stages.status();
  const absl::StatusOr<RunFolder> run = MakeFolder();
  if (!run.ok()) return run.status();

  const double start = Seconds();
  std::vector<Outcome> outcomes;
  std::vector<std::string> findings;
  size_t failed = 0;
  for (const Stage* stage : *stages) {
    PrintStageLine(outcomes.size() + 1, stages->size(), Seconds() - start, stage->title);
    const double begin = Seconds();
    const absl::Status status = RunStage(*stage, *run, &findings);
    if (absl::IsCancelled(status)) return status;
    if (!status.ok()) {  // the other stages can still be seen
      ++failed;
      PrintProse(absl::StrCat("\nThis stage failed: ", status.message()));
    }
    outcomes.push_back({stage, status, Seconds() - begin});
  }
  PrintLastPage(outcomes, findings, *run);
  if (failed == 0) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(failed, " of ", stages->size(), " stages failed; see above"));
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) {
  return gokart::RunProgram(
      {.name = "gokart",
       .summary = "The whole workshop in one sitting: from raw text to a trained language model, "
                  "computed live.",
       .commands = {{.name = "tour",
                     .summary = "All stages, one after another; about three minutes on two cores.",
                     .description = "Runs a short form of every chapter's tour on text that ships "
                                    "with the project, and "
                                    "closes with a page that says what was built and how good it "
                                    "is. With chapters named, "
                                    "only these.\n\n"
                                    "  bazel run //:workshop\n"
                                    "  bazel run //:workshop -- tour ch03 ch04",
                     .arguments = "[CHAPTER...]",
                     .flags = {"out"},
                     .run = gokart::Workshop}},
       .target = "//:workshop"},
      argc, argv);
}
