// Chapter 1: setting up. `bazel run //ch01_setup -- help` explains the subcommands.

#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "ch01_setup/asset_commands.h"
#include "ch01_setup/tour.h"
#include "workshop/command_line.h"

namespace {

absl::Status Doctor(const std::vector<std::string>&) {
  return gokart::SetupTour({.seed = absl::GetFlag(FLAGS_seed)});
}

constexpr char kDoctorText[] =
    "Says which tools and libraries are installed and how to install what is missing, what "
    "processor and memory this "
    "machine has, measures how fast it multiplies matrices and reads memory, and computes from "
    "that how long the "
    "workshop's trainings take here. Takes about five seconds. Exit status 1 if something is "
    "missing.";

constexpr char kListText[] =
    "The workshop runs on text that ships with it. What comes from elsewhere - GPT-2's weights, "
    "The Verdict, the "
    "data sets of chapters 6 and 7 - stands in this table with its size, licence and address. With "
    "names: all files, "
    "backup addresses and checksums of these.";

constexpr char kDownloadText[] =
    "Gets files from their publishers' addresses into the asset folder: $GOKART_ASSETS, or else "
    "$XDG_CACHE_HOME/gokart/assets, or else ~/.cache/gokart/assets. An interrupted download goes "
    "on where it stopped when "
    "the same command is given again. Each file is checked by its checksum where one is known, "
    "else by size and format, "
    "and only then gets its name; one that is there already is checked, and downloaded again if it "
    "is damaged.\n\n"
    "  bazel run //ch01_setup -- download the-verdict sms-spam\n"
    "  bazel run //ch01_setup -- download gpt2-124M";

}  // namespace

int main(int argc, char** argv) {
  return gokart::RunProgram(
      {.name = "ch01_setup",
       .summary = "Chapter 1: setting up. Is everything there, how fast is this machine, and where "
                  "do data and weights "
                  "come from?",
       .commands = {{.name = "doctor",
                     .summary = "Checks tools and libraries and measures this machine.",
                     .description = kDoctorText,
                     .run = Doctor},
                    {.name = "tour",
                     .summary = "The same as doctor: every chapter has a tour.",
                     .description = kDoctorText,
                     .run = Doctor},
                    {.name = "list",
                     .summary =
                         "The files that can be downloaded, their sizes, licences and addresses.",
                     .description = kListText,
                     .arguments = "[NAME...]",
                     .run = gokart::ListAssets},
                    {.name = "download",
                     .summary = "Downloads files of that list, resumable and checked.",
                     .description = kDownloadText,
                     .arguments = "NAME...",
                     .run = gokart::DownloadAssets}}},
      argc, argv);
}
