#include "ch01_setup/tour.h"

#include <omp.h>

#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ch01_setup/estimates.h"
#include "ch01_setup/machine.h"
#include "ch01_setup/packages.h"
#include "tensor/kernels/ceilings.h"
#include "workshop/asset_download.h"
#include "workshop/asset_table.h"
#include "workshop/assets.h"
#include "workshop/human.h"
#include "workshop/progress.h"
#include "workshop/section.h"
#include "workshop/subprocess.h"
#include "workshop/table.h"
#include "workshop/terminal.h"

namespace gokart {
namespace {

void PrintTable(const Table& table) { PrintBlock(table.ToText(TerminalWidth(1) - 2)); }

// The first line that a program prints about its version.
std::string VersionOf(const std::vector<std::string>& command) {
  const absl::StatusOr<ProcessResult> result = RunProcess(command, "", /*seconds=*/20);
  if (!result.ok() || result->exit_status != 0) return "missing";
  const std::vector<std::string> lines = absl::StrSplit(result->output, '\n');
  return std::string(absl::StripAsciiWhitespace(lines[0]));
}

// Returns the command that installs what is missing; empty if nothing is.
std::string ShowPackages(bool brief) {
  PrintSection("1.1", "Tools and libraries");
  const absl::StatusOr<std::vector<Package>> packages = ProjectPackages();
  if (!packages.ok()) {
    PrintProse(std::string(packages.status().message()) + ".");
    return "";
  }
  const std::string install = InstallCommand(*packages);
  if (!brief || !install.empty()) {
    Table table({"package", "version", "what for"});
    for (const Package& package : *packages) {
      table.AddRow(
          {package.name, package.version.empty() ? "MISSING" : package.version, package.purpose});
    }
    PrintTable(table);
  }
  PrintProse(absl::StrCat("\nThe compiler says: ", VersionOf({"g++", "--version"})));
  if (install.empty()) {
    PrintProse(absl::StrCat("All ", packages->size(), " packages are installed."));
  } else {
    PrintProse("Something is missing. To install it, run ./setup.sh, or:\n\n  " + install);
  }
  return install;
}

void ShowMachine() {
  PrintSection("1.2", "This machine");
  const Machine machine = ThisMachine();
  const std::vector<std::string>& instructions = machine.vector_instructions;
  Table table({"what", "here"});
  table.AddRow({"processor", machine.cpu.empty() ? "unknown" : machine.cpu});
  table.AddRow({"cores for this program", absl::StrCat(machine.cores)});
  table.AddRow({"vector instructions",
                instructions.empty() ? "none known" : absl::StrJoin(instructions, ", ")});
  table.AddRow({"compiled for", CompiledFor()});
  table.AddRow({"memory", absl::StrCat(FormatBytes(machine.memory_bytes), ", ",
                                       FormatBytes(machine.available_bytes), " of it free")});
  PrintTable(table);
}

Ceilings ShowCeilings() {
  PrintSection("1.3", "What it can do at most");
  PrintProse(
      "Two numbers bound everything that follows. Training is made of matrix products, so it can "
      "be no faster than "
      "the best matrix product. Generating text reads every weight once per token, so it can be no "
      "faster than "
      "memory is read. All benchmarks of this project are counted against these two.\n\n");
  const int threads = omp_get_max_threads();
  Progress progress("measuring", 4, {.unit = "numbers", .plain_interval = 60});
  std::vector<double> numbers;
  for (double (*measure)(int) : {kernels::MatMulCeiling, kernels::MemoryReadCeiling}) {
    for (int n : {1, threads}) {
      numbers.push_back(measure(n));
      progress.Update(static_cast<int64_t>(numbers.size()));
    }
  }
  progress.Finish();
  Table table({"ceiling", "1 thread", absl::StrCat("all ", threads)});
  table.AddRow({"matrix product, GFLOP/s", absl::StrFormat("%.0f", numbers[0]),
                absl::StrFormat("%.0f", numbers[1])});
  table.AddRow({"reading memory, GB/s", absl::StrFormat("%.1f", numbers[2]),
                absl::StrFormat("%.1f", numbers[3])});
  PrintTable(table);
  // On a busy machine one thread may do better than all.
  return {std::max(numbers[0], numbers[1]), std::max(numbers[2], numbers[3])};
}

void ShowEstimates(const Ceilings& ceilings) {
  PrintSection("1.4", "What that means for the workshop");
  constexpr int kVerdictSteps = 9;  // of 2 x 256 tokens: The Verdict has 18 windows to train on
  const double verdict_epoch = kVerdictSteps * TrainingStepSeconds(kGpt2Small, 2, 256, ceilings);
  const double step = TrainingStepSeconds(kGpt2Small, 4, 256, ceilings);
  Table table({"job", "takes about"});
  table.AddRow({"chapter 5: one epoch of the workshop's training (GPT-2 small, The Verdict)",
                FormatDuration(verdict_epoch)});
  table.AddRow({"chapter 5: its ten epochs", FormatDuration(10 * verdict_epoch)});
  table.AddRow({"one training step of GPT-2 small on 4 x 256 tokens", FormatDuration(step)});
  table.AddRow({"one token from GPT-2 124M, at least",
                FormatDuration(DecodeSeconds(kGpt2Small, 4, ceilings))});
  table.AddRow({"one token from GPT-2 1558M, at least",
                FormatDuration(DecodeSeconds(kGpt2Xl, 4, ceilings))});
  PrintTable(table);
  PrintProse(
      absl::StrFormat("\nTraining is taken at %.0f%% of the matrix product's ceiling, tokens at "
                      "the speed of memory. A training step of "
                      "GPT-2 small needs about 3.4 GB of memory. Other programs that run at the "
                      "same time slow it all down.",
                      100 * kTrainingShare));
}

void ShowAssets() {
  PrintSection("1.5", "Files from elsewhere");
  std::vector<std::string> present;
  for (const Asset& asset : Assets()) {
    if (StateOf(asset) == AssetState::kPresent) present.push_back(asset.name);
  }
  PrintProse(absl::StrCat(
      "In ", AssetFolder(), ": ", present.empty() ? "nothing yet" : absl::StrJoin(present, ", "),
      ". Everything runs without them on text that ships with the project; only GPT-2's vocabulary "
      "(gpt2-bpe) is needed for GPT-2's tokens."));
  if (StateOf(*FindAsset("gpt2-bpe")) != AssetState::kPresent) {
    PrintProse(
        "GPT-2's vocabulary is missing. ./setup.sh gets it, or:\n\n  bazel run //ch01_setup -- "
        "download gpt2-bpe");
  }
  PrintProse(
      "\nTo see all, and to get one:\n\n  bazel run //ch01_setup -- list\n  bazel run //ch01_setup "
      "-- download the-verdict");
}

}  // namespace

absl::Status SetupTour(const TourOptions& options) {
  PrintChapter("Chapter 1: setting up");
  const std::string install = ShowPackages(options.brief);
  ShowMachine();
  const Ceilings ceilings = ShowCeilings();
  ShowEstimates(ceilings);
  AddFinding(options,
             absl::StrFormat(
                 "Chapter 1: this machine multiplies matrices at %.0f GFLOP/s and reads memory at "
                 "%.1f GB/s.",
                 ceilings.matmul_gflops, ceilings.read_gb_per_second));
  if (!options.brief) ShowAssets();
  if (install.empty() || options.brief) return absl::OkStatus();
  return absl::FailedPreconditionError("packages are missing; run ./setup.sh, or " + install);
}

}  // namespace gokart
