#include "ch05_pretrain/train_command.h"

#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch05_pretrain/loss.h"
#include "workshop/human.h"
#include "workshop/interrupt.h"
#include "workshop/progress.h"

namespace gokart {
namespace {

void PrintRun(PretrainRun& run) {
  const PretrainOptions& o = run.options();
  std::printf("Model       %s parameters, %d layers, %d heads, %d wide, context %d\n",
              FormatCount(run.model().NumParameters()).c_str(), static_cast<int>(o.model.n_layers),
              static_cast<int>(o.model.n_heads), static_cast<int>(o.model.emb_dim),
              static_cast<int>(o.model.context_length));
  std::printf("Text        %s\n", o.text.empty() ? "stories from the grammar" : o.text.c_str());
  std::printf("Tokenizer   %s, %s tokens\n", run.tokenizer().name().c_str(),
              FormatCount(run.tokenizer().vocab_size()).c_str());
  std::printf("Training    %s tokens, %s batches of %d x %d in each of %d epochs\n",
              FormatCount(run.tokens().train->size()).c_str(),
              FormatCount(run.train_loader().num_batches()).c_str(), static_cast<int>(o.batch_size),
              static_cast<int>(o.model.context_length), static_cast<int>(o.num_epochs));
  std::printf("Validation  %s tokens, %s batches\n", FormatCount(run.tokens().val->size()).c_str(),
              FormatCount(run.val_loader().num_batches()).c_str());
  std::printf("Folder      %s\n", run.folder().c_str());
}

// As the workshop's train_model_simple prints it.
std::string EvaluationLine(const Evaluation& e) {
  return absl::StrFormat("Ep %d (Step %06d): Train loss %.3f, Val loss %.3f", e.epoch, e.step,
                         e.train_loss, e.val_loss);
}

void PrintEnd(PretrainRun& run, bool interrupted, double seconds) {
  std::printf("\n%s after %s steps, %s tokens, %s.\n", interrupted ? "Stopped" : "Done",
              FormatCount(run.state().step).c_str(), FormatCount(run.state().tokens_seen).c_str(),
              FormatDuration(seconds).c_str());
  std::printf("Checkpoint  %s\n", run.checkpoint_path().c_str());
  if (interrupted) {
    std::printf("Go on with  bazel run //ch05_pretrain -- train --resume=%s\n",
                run.folder().c_str());
    return;
  }
  if (!run.history().empty()) {
    const Evaluation& last = run.history().back();
    std::printf("Last losses train %.3f, validation %.3f (perplexity %.1f)\n", last.train_loss,
                last.val_loss, Perplexity(last.val_loss));
  }
  std::printf("Try         bazel run //ch05_pretrain -- generate --weights=%s\n",
              run.folder().c_str());
}

}  // namespace

absl::Status TrainAndReport(PretrainRun& run, const ReportOptions& options) {
  PrintRun(run);
  if (options.initial_losses && run.state().step == 0) {
    const InitialLosses initial = run.MeasureInitialLosses();
    std::printf("Before training: Train loss %.4f, Val loss %.4f\n", initial.train, initial.val);
  }
  std::fflush(stdout);
  const InterruptGuard interrupt;
  Progress progress("training", run.total_steps(), {.unit = "steps", .start = run.state().step});
  const auto print = [&](const std::string& line) {
    progress.Hide();
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
  };
  PretrainObserver observer;
  observer.checkpoint_seconds = options.checkpoint_seconds;
  observer.should_stop = [&] { return interrupt.Requested(); };
  observer.on_step = [&](const StepReport& s) {
    progress.Update(s.step + 1,
                    absl::StrFormat("loss %.3f  %.0f tokens/s", s.loss, s.tokens_per_second));
  };
  observer.on_evaluation = [&](const Evaluation& e) {
    if (options.print_evaluations) print(EvaluationLine(e));
  };
  observer.on_sample = [&](int64_t, const std::string& sample) {
    if (options.print_samples) print(sample);
  };
  const absl::Status status = run.Train(observer);
  progress.Finish();
  if (!status.ok()) {
    const bool saved = std::filesystem::exists(run.checkpoint_path());
    return absl::Status(status.code(), absl::StrCat(std::string(status.message()),
                                                    saved ? "; last checkpoint: " : "",
                                                    saved ? run.checkpoint_path() : ""));
  }
  PrintEnd(run, !run.finished(), progress.Seconds());
  return absl::OkStatus();
}

}  // namespace gokart
