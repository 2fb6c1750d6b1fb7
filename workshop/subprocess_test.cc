#include "workshop/subprocess.h"

#include <signal.h>

#include <chrono>
#include <string>

#include "gtest/gtest.h"

namespace gokart {
namespace {

TEST(RunProcessTest, CollectsOutputErrorsAndStatus) {
  const absl::StatusOr<ProcessResult> result =
      RunProcess({"sh", "-c", "echo out; echo err >&2; exit 3"});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->errors, "err\n");
  EXPECT_EQ(result->exit_status, 3);
}

TEST(RunProcessTest, LargeInputAndOutputDoNotBlock) {
  std::string input;
  for (int i = 0; i < 500000; ++i) input += "0123456789";
  const absl::StatusOr<ProcessResult> result = RunProcess({"cat"}, input);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->output, input);
}

TEST(RunProcessTest, AProgramThatDoesNotReadItsInput) {
  EXPECT_EQ(RunProcess({"true"}, std::string(1000000, 'x'))->exit_status, 0);
}

TEST(RunProcessTest, ArgumentsAreNotInterpreted) {
  EXPECT_EQ(RunProcess({"printf", "%s", "$HOME 'a' *"})->output, "$HOME 'a' *");
}

TEST(RunProcessTest, NoSuchProgram) {
  EXPECT_EQ(RunProcess({"no-such-program-here"}).status().code(), absl::StatusCode::kNotFound);
}

TEST(RunProcessTest, KilledBySignal) {
  EXPECT_EQ(RunProcess({"sh", "-c", "kill -9 $$"})->exit_status, 128 + SIGKILL);
}

TEST(RunProcessTest, TimeOut) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(RunProcess({"sleep", "60"}, "", 0.1).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

}  // namespace
}  // namespace gokart
