#include "ch07_instruct/finetune_command.h"

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "workshop/human.h"
#include "workshop/interrupt.h"
#include "workshop/progress.h"

namespace gokart {
namespace {

void PrintRun(const FinetuneRun& run) {
  const FinetuneOptions& o = run.options();
  const auto parameters = run.model().model().NumParameters();
  const std::string adapters =
      o.lora_rank == 0 ? ""
                       : absl::StrCat(", of which adapters of rank ", o.lora_rank, " train ",
                                      FormatCount(run.trainable_parameters()));
  std::printf("Model       %s parameters%s, from %s\n", FormatCount(parameters).c_str(),
              adapters.c_str(), o.weights.c_str());
  std::printf("Entries     %s: %s to train, %s to validate, %s to test\n",
              o.data.empty() ? "tasks about the story world" : o.data.c_str(),
              FormatCount(static_cast<int64_t>(run.entries().train.size())).c_str(),
              FormatCount(static_cast<int64_t>(run.entries().val.size())).c_str(),
              FormatCount(static_cast<int64_t>(run.entries().test.size())).c_str());
  std::printf("Prompts     template %s%s; the longest entry has %s tokens\n",
              o.prompt_template.c_str(),
              o.mask_instructions ? ", requests left out of the loss" : "",
              FormatCount(run.train_data().LongestText()).c_str());
  if (const int64_t cut = run.train_data().NumCutOff(); cut > 0) {
    std::printf("            %s entries are cut off at %s tokens\n", FormatCount(cut).c_str(),
                FormatCount(o.allowed_max_length).c_str());
  }
  std::printf("Folder      %s\n", run.folder().c_str());
}

// What a run leaves behind; empty: not that.
struct Saved {
  std::string checkpoint, adapter;
};

template <typename Run>
Saved SavedBy(const Run& run) {
  return {run.saves_checkpoint() ? run.checkpoint_path() : "",
          run.options().lora_rank > 0 ? run.adapter_path() : ""};
}

class Printer {
 public:
  Printer(const char* title, int64_t total) : progress_(title, total, {.unit = "steps"}) {}

  void Line(const std::string& line) {
    progress_.Hide();
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
  }
  void Step(const StepReport& s) {
    progress_.Update(s.step + 1,
                     absl::StrFormat("loss %.3f  %.0f tokens/s", s.loss, s.tokens_per_second));
  }
  absl::Status End(const absl::Status& status, bool finished, const Saved& saved) {
    if (!status.ok()) {
      progress_.Abandon();
      return status;
    }
    progress_.Finish();
    std::printf("%s after %s.\n", finished ? "Done" : "Stopped",
                FormatDuration(progress_.Seconds()).c_str());
    if (!saved.adapter.empty()) std::printf("Adapter     %s\n", saved.adapter.c_str());
    if (!saved.checkpoint.empty()) std::printf("Checkpoint  %s\n", saved.checkpoint.c_str());
    std::fflush(stdout);
    const std::string& kept = saved.checkpoint.empty() ? saved.adapter : saved.checkpoint;
    return finished ? absl::OkStatus()
                    : absl::CancelledError("stopped; the model so far is in " + kept);
  }

 private:
  Progress progress_;
};

}  // namespace

absl::Status FinetuneAndReport(FinetuneRun& run) {
  PrintRun(run);
  const auto [train, val] = run.MeasureInitialLosses();
  std::printf("Before training: Train loss %.4f, Val loss %.4f\n", train, val);
  std::fflush(stdout);
  const InterruptGuard interrupt;
  Printer printer("finetuning", run.total_steps());
  const absl::Status status = run.Train(
      {.on_step = [&](const StepReport& s) { printer.Step(s); },
       .on_evaluation =
           [&](const Evaluation& e) {
             printer.Line(absl::StrFormat("Ep %d (Step %06d): Train loss %.3f, Val loss %.3f",
                                          e.epoch, e.step, e.train_loss, e.val_loss));
           },
       .on_sample =
           [&](int64_t epoch, const std::string& answer) {
             const InstructionEntry& asked = run.entries().val.front();
             printer.Line(absl::StrCat("After epoch ", epoch, ", asked: ", asked.instruction,
                                       asked.input.empty() ? "" : " | ", asked.input,
                                       "\n  answered: ", answer));
           },
       .should_stop = [&] { return interrupt.Requested(); }});
  return printer.End(status, run.finished(), SavedBy(run));
}

absl::Status DpoAndReport(DpoRun& run) {
  const DpoOptions& o = run.options();
  std::printf("Model       %s parameters, from %s\n",
              FormatCount(run.model().model().NumParameters()).c_str(), o.weights.c_str());
  std::printf("Pairs       %s: %d to train, %d to validate, %d to test\n",
              o.data.empty() ? "better and worse answers to story tasks" : o.data.c_str(),
              static_cast<int>(run.entries().train.size()),
              static_cast<int>(run.entries().val.size()),
              static_cast<int>(run.entries().test.size()));
  std::printf("Reference   %s\nFolder      %s\n",
              o.lora_rank > 0 ? "the model without its adapters"
                              : "the model's own log-probabilities before the first step",
              run.folder().c_str());
  const auto line = [](const char* when, const DpoEvaluation& e) {
    return absl::StrFormat(
        "%s: Train loss %.3f, Val loss %.3f, Train reward margins %.3f, Val reward margins %.3f, "
        "Val accuracy %.1f%%",
        when, e.train_loss, e.val_loss, e.train.Margin(), e.val.Margin(), 100 * e.val.accuracy);
  };
  std::printf("%s\n", line("Before training", run.Evaluate()).c_str());
  std::fflush(stdout);
  const InterruptGuard interrupt;
  Printer printer("preferences", run.total_steps());
  const absl::Status status = run.Train(
      {.on_step = [&](const StepReport& s) { printer.Step(s); },
       .on_evaluation =
           [&](const DpoEvaluation& e) {
             printer.Line(line(absl::StrFormat("Ep %d (Step %06d)", e.epoch, e.step).c_str(), e));
           },
       .should_stop = [&] { return interrupt.Requested(); }});
  return printer.End(status, run.finished(), SavedBy(run));
}

}  // namespace gokart
