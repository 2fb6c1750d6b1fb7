#include "workshop/command_line.h"

#include <limits.h>
#include <omp.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

ABSL_FLAG(int, batch_size, 2, "Windows per training step.");
ABSL_FLAG(float, drop_rate, 0.1f, "Share of activations that training drops.");
ABSL_FLAG(std::string, text, "", "Files to train on.");
ABSL_FLAG(bool, shuffle, true, "Whether to shuffle.");
ABSL_FLAG(int, other, 1, "Used by the other command.");
ABSL_FLAG(std::optional<int64_t>, width, std::nullopt, "Used by the other command.");
ABSL_FLAG(std::optional<double>, share, std::nullopt, "Used by the other command.");
ABSL_FLAG(std::optional<bool>, bias, std::nullopt, "Used by the other command.");

namespace gokart {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class RunProgramTest : public ::testing::Test {
 protected:
  RunProgramTest() { unsetenv("BUILD_WORKING_DIRECTORY"); }

  Program MakeProgram() {
    auto run = [this](const char* name) {
      return [this, name](const std::vector<std::string>& words) {
        ran_ = name;
        words_ = words;
        return body_ ? body_() : absl::OkStatus();
      };
    };
    return {.name = "ch05_pretrain",
            .summary = "Chapter 5: pretraining.",
            .commands = {{.name = "tour", .summary = "The chapter, live.", .run = run("tour")},
                         {.name = "train",
                          .summary = "Trains a GPT.",
                          .description = "Reads text and learns from it.\n\n  train --text=my.txt",
                          .flags = {"text", "batch_size", "drop_rate", "shuffle"},
                          .run = run("train")},
                         {.name = "show",
                          .summary = "Shows files.",
                          .arguments = "FILE...",
                          .flags = {"other", "width", "share", "bias"},
                          .run = run("show")}}};
  }

  // Exit status; what was printed is in out_ and err_.
  int Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "program");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = RunProgram(MakeProgram(), static_cast<int>(argv.size()), argv.data());
    out_ = ::testing::internal::GetCapturedStdout();
    err_ = ::testing::internal::GetCapturedStderr();
    return status;
  }

  // A mistake: exit status 1, nothing run, and exactly this line.
  void ExpectMistake(const std::vector<std::string>& arguments, const std::string& message) {
    ran_.clear();
    EXPECT_EQ(Run(arguments), 1);
    EXPECT_EQ(err_, "ch05_pretrain: " + message + "\n");
    EXPECT_EQ(out_, "");
    EXPECT_EQ(ran_, "");
  }

  absl::FlagSaver saver_;
  std::function<absl::Status()> body_;
  std::string ran_, out_, err_;
  std::vector<std::string> words_;
};

TEST_F(RunProgramTest, WithoutArgumentsRunsTheFirst) {
  EXPECT_EQ(Run({}), 0);
  EXPECT_EQ(ran_, "tour");
  EXPECT_EQ(err_, "");
}

TEST_F(RunProgramTest, SetsFlags) {
  EXPECT_EQ(Run({"train", "--batch_size=4", "--text", "my.txt", "--noshuffle", "-drop_rate=0.5"}),
            0)
      << err_;
  EXPECT_EQ(ran_, "train");
  EXPECT_EQ(absl::GetFlag(FLAGS_batch_size), 4);
  EXPECT_EQ(absl::GetFlag(FLAGS_text), "my.txt");
  EXPECT_FALSE(absl::GetFlag(FLAGS_shuffle));
  EXPECT_EQ(absl::GetFlag(FLAGS_drop_rate), 0.5f);
  EXPECT_TRUE(FlagWasGiven("batch_size"));
  EXPECT_FALSE(FlagWasGiven("seed"));
}

TEST_F(RunProgramTest, FlagsMayStandBeforeTheCommand) {
  EXPECT_EQ(Run({"--shuffle", "--seed=7", "train"}), 0) << err_;
  EXPECT_EQ(ran_, "train");
  EXPECT_EQ(absl::GetFlag(FLAGS_seed), 7u);
}

TEST_F(RunProgramTest, PassesArguments) {
  EXPECT_EQ(Run({"show", "a", "-", "--other=2", "b=c", "--", "--text"}), 0) << err_;
  EXPECT_THAT(words_, ElementsAre("a", "-", "b=c", "--text"));
  EXPECT_EQ(absl::GetFlag(FLAGS_other), 2);
}

TEST_F(RunProgramTest, Mistakes) {
  ExpectMistake({"trian"}, "unknown subcommand 'trian'; did you mean train?");
  ExpectMistake({"fly"}, "unknown subcommand 'fly'; there are tour, train, show, help");
  ExpectMistake({"train", "--batchsize=4"}, "unknown flag --batchsize; did you mean --batch_size?");
  ExpectMistake({"train", "--xyz"}, "unknown flag --xyz");
  ExpectMistake({"train", "--other=4"}, "--other is not a flag of 'train'");
  ExpectMistake({"train", "--batch_size=four"}, "--batch_size=four: expected a whole number");
  ExpectMistake({"train", "--batch_size=99999999999"},
                "--batch_size=99999999999: expected a whole number");
  ExpectMistake({"train", "--drop_rate="}, "--drop_rate=: expected a number");
  ExpectMistake({"train", "--shuffle=maybe"}, "--shuffle=maybe: expected true or false");
  ExpectMistake({"train", "--seed=-1"}, "--seed=-1: expected a whole number that is not negative");
  ExpectMistake({"train", "--batch_size"}, "--batch_size needs a value: --batch_size=...");
  ExpectMistake({"train", "my.txt"}, "'train' takes no arguments, but got 'my.txt'");
  ExpectMistake({"--text=x"}, "--text is not a flag of 'tour'");
  ExpectMistake({"help", "fly"}, "unknown subcommand 'fly'; there are tour, train, show, help");
  ExpectMistake({"help", "train", "tour"}, "'help' explains one subcommand, but got 'tour' too");
}

TEST_F(RunProgramTest, FlagsThatMayHoldNothingSayWhatElseTheyExpect) {
  ExpectMistake({"show", "--width=wide"}, "--width=wide: expected a whole number");
  ExpectMistake({"show", "--share=most"}, "--share=most: expected a number");
  ExpectMistake({"show", "--bias=maybe"}, "--bias=maybe: expected true or false");
}

TEST_F(RunProgramTest, ErrorsAreOneLine) {
  body_ = [] { return absl::NotFoundError("my.txt: no such file\nreally\n"); };
  EXPECT_EQ(Run({"tour"}), 1);
  EXPECT_EQ(err_, "ch05_pretrain: my.txt: no such file; really\n");
}

TEST_F(RunProgramTest, ExceptionsAreErrors) {
  body_ = []() -> absl::Status { throw std::invalid_argument("MatMul: [2, 6, 3] x [4, 2]"); };
  EXPECT_EQ(Run({"tour"}), 1);
  EXPECT_EQ(err_, "ch05_pretrain: MatMul: [2, 6, 3] x [4, 2]\n");
  body_ = []() -> absl::Status { throw std::bad_alloc(); };
  EXPECT_EQ(Run({"tour"}), 1);
  EXPECT_EQ(err_, "ch05_pretrain: out of memory\n");
}

TEST_F(RunProgramTest, CtrlCIsExitStatus130) {
  body_ = [] { return absl::CancelledError("stopped; last checkpoint: runs/x"); };
  EXPECT_EQ(Run({"tour"}), 130);
  EXPECT_EQ(err_, "ch05_pretrain: stopped; last checkpoint: runs/x\n");
}

TEST_F(RunProgramTest, HelpListsTheCommands) {
  for (const auto& arguments :
       {std::vector<std::string>{"help"}, {"--help"}, {"-h"}, {"help", "help"}}) {
    ran_.clear();
    EXPECT_EQ(Run(arguments), 0);
    EXPECT_THAT(
        out_,
        AllOf(HasSubstr("Chapter 5: pretraining."), HasSubstr("\n  tour   The chapter, live."),
              HasSubstr("\n  train  Trains a GPT."), HasSubstr("--threads  (default: 0)"),
              HasSubstr("bazel run //ch05_pretrain -- help SUBCOMMAND")));
    EXPECT_EQ(ran_, "");
  }
}

TEST_F(RunProgramTest, HelpExplainsACommandAndItsFlags) {
  for (const auto& arguments :
       {std::vector<std::string>{"help", "train"}, {"train", "--help"}, {"--help", "train"}}) {
    EXPECT_EQ(Run(arguments), 0);
    EXPECT_THAT(
        out_, AllOf(HasSubstr("Usage:  bazel run //ch05_pretrain -- train [FLAGS]\n"),
                    HasSubstr("Reads text and learns from it.\n\n  train --text=my.txt\n"),
                    HasSubstr("  --batch_size  (default: 2)\n      Windows per training step.\n"),
                    HasSubstr("  --text  (default: none)\n"), HasSubstr("--seed  (default: 123)")));
    EXPECT_THAT(out_, ::testing::Not(HasSubstr("--other")));
  }
  EXPECT_EQ(Run({"help", "show"}), 0);
  EXPECT_THAT(out_, HasSubstr("-- show [FLAGS] FILE...\n"));
}

TEST_F(RunProgramTest, HelpShowsDefaultsNotValues) {
  absl::SetFlag(&FLAGS_batch_size, 77);
  EXPECT_EQ(Run({"help", "train"}), 0);
  EXPECT_THAT(out_, HasSubstr("--batch_size  (default: 2)"));
}

TEST_F(RunProgramTest, Threads) {
  const int before = omp_get_max_threads();
  int threads = 0;
  body_ = [&] {
    threads = omp_get_max_threads();
    return absl::OkStatus();
  };
  EXPECT_EQ(Run({"tour", "--threads=3"}), 0);
  EXPECT_EQ(threads, 3);
  omp_set_num_threads(before);
  ExpectMistake({"tour", "--threads=-1"}, "--threads=-1: must be between 0 and 1024");
  ExpectMistake({"tour", "--threads=1000000"}, "--threads=1000000: must be between 0 and 1024");
}

TEST_F(RunProgramTest, RunsWhereTheUserIs) {
  char before[PATH_MAX];
  ASSERT_NE(getcwd(before, sizeof(before)), nullptr);
  std::string during;
  body_ = [&] {
    char now[PATH_MAX];
    during = getcwd(now, sizeof(now)) != nullptr ? now : "";
    return absl::OkStatus();
  };
  setenv("BUILD_WORKING_DIRECTORY", "/usr", 1);
  EXPECT_EQ(Run({"tour"}), 0);
  EXPECT_EQ(during, "/usr");
  setenv("BUILD_WORKING_DIRECTORY", "/no/such", 1);
  ExpectMistake({"tour"}, "cannot change to the folder /no/such: No such file or directory");
  ASSERT_EQ(chdir(before), 0);
}

TEST(RunProgramDeathTest, OutputThatDoesNotArriveIsAnError) {
  const Program program = {.name = "prog", .commands = {{.name = "a", .run = [](const auto&) {
                                                           std::printf("text");
                                                           return absl::OkStatus();
                                                         }}}};
  char name[] = "prog";
  char* argv[] = {name};
  EXPECT_EXIT(
      {
        if (std::freopen("/dev/full", "w", stdout) == nullptr) _exit(7);
        _exit(RunProgram(program, 1, argv));
      },
      ::testing::ExitedWithCode(1), "prog: cannot write standard output: No space left on device");
}

TEST(CheckFlagTest, Ranges) {
  EXPECT_TRUE(CheckFlagAtLeast("n", 1, 1).ok());
  EXPECT_EQ(CheckFlagAtLeast("n", 0, 1).message(), "--n=0: must be at least 1");
  EXPECT_TRUE(CheckFlagBetween("n", 0, 0, 1).ok());
  EXPECT_TRUE(CheckFlagBetween("n", 1, 0, 1).ok());
  EXPECT_EQ(CheckFlagBetween("n", 1.5, 0, 1).message(), "--n=1.5: must be between 0 and 1");
  EXPECT_TRUE(CheckFlagBelow("n", 0, 0, 1).ok());
  EXPECT_EQ(CheckFlagBelow("n", 1, 0, 1).message(), "--n=1: must be at least 0 and less than 1");
  EXPECT_TRUE(CheckFlagAbove("n", 1e-9, 0).ok());
  EXPECT_EQ(CheckFlagAbove("n", 0, 0).message(), "--n=0: must be greater than 0");
}

TEST(CheckFlagTest, LargeNumbersHaveTheirDigits) {
  EXPECT_EQ(CheckFlagBetween("n", -2000000, 1, 1000000).message(),
            "--n=-2000000: must be between 1 and 1000000");
  EXPECT_EQ(CheckFlagAtLeast("n", 1e-9, 1048576).message(), "--n=1e-09: must be at least 1048576");
  EXPECT_EQ(CheckFlagBelow("n", 1e30, 0, INFINITY).message(), "");
  EXPECT_EQ(CheckFlagBelow("n", INFINITY, 0, 1e30).message(),
            "--n=inf: must be at least 0 and less than 1e+30");
}

TEST(CheckFlagTest, NaNIsNeverInRange) {
  EXPECT_FALSE(CheckFlagAtLeast("n", NAN, 1).ok());
  EXPECT_FALSE(CheckFlagBetween("n", NAN, 0, 1).ok());
  EXPECT_FALSE(CheckFlagBelow("n", NAN, 0, 1).ok());
  EXPECT_FALSE(CheckFlagAbove("n", NAN, 0).ok());
}

TEST(FirstErrorTest, IsTheFirst) {
  EXPECT_TRUE(FirstError({absl::OkStatus(), absl::OkStatus()}).ok());
  EXPECT_EQ(
      FirstError({absl::OkStatus(), absl::InternalError("a"), absl::InternalError("b")}).message(),
      "a");
}

}  // namespace
}  // namespace gokart
