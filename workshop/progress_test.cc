#include "workshop/progress.h"

#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace gokart {
namespace {

class ProgressTest : public ::testing::Test {
 protected:
  ProgressOptions Plain() {
    return {
        .plain_interval = 10, .out = &out_, .terminal = false, .clock = [this] { return now_; }};
  }
  ProgressOptions Terminal(int width) {
    return {.out = &out_, .terminal = true, .width = width, .clock = [this] { return now_; }};
  }

  std::string Take() {
    std::string text = out_.str();
    out_.str("");
    return text;
  }

  std::ostringstream out_;
  double now_ = 1000;
};

TEST_F(ProgressTest, PlainLinesNowAndThen) {
  Progress progress("train", 800, Plain());
  progress.Update(1);
  now_ += 9.9;
  progress.Update(40);
  EXPECT_EQ(Take(), "");
  now_ += 0.1;
  progress.Update(50, "loss 4.2");
  EXPECT_EQ(Take(), "train   50/800 steps  5.00 steps/s  2 min 30 s left  loss 4.2\n");
  progress.Update(51);
  EXPECT_EQ(Take(), "");
  now_ += 30;
  progress.Update(800, "loss 1.5");
  Take();
  progress.Finish();
  progress.Finish();
  EXPECT_EQ(Take(), "train  800/800 steps  20.0 steps/s  in 40.0 s  loss 1.5\n");
}

TEST_F(ProgressTest, DestructionFinishes) {
  { Progress progress("x", 2, Plain()); }
  EXPECT_EQ(Take(), "x  0/2 steps  in 0 us\n");
}

TEST_F(ProgressTest, AbandonedWorkHasNoLastLine) {
  {
    Progress progress("x", 2, Terminal(100));
    progress.Update(1);
    Take();
    progress.Abandon();
  }
  EXPECT_EQ(Take(), "\r\x1b[K");
}

TEST_F(ProgressTest, AResumedRunDoesNotCountWhatWasDoneBefore) {
  ProgressOptions options = Plain();
  options.start = 700;
  Progress progress("train", 800, options);
  now_ += 10;
  progress.Update(720);
  EXPECT_EQ(Take(), "train  720/800 steps  2.00 steps/s  40.0 s left\n");
}

TEST_F(ProgressTest, BytesOfUnknownTotal) {
  ProgressOptions options = Plain();
  options.bytes = true;
  Progress progress("gpt2", 0, options);
  now_ += 10;
  progress.Update(25000000);
  EXPECT_EQ(Take(), "gpt2  25.0 MB  2.5 MB/s\n");
}

TEST_F(ProgressTest, ATerminalLineIsRedrawnInPlace) {
  Progress progress("train", 4, Terminal(100));
  now_ += 1;
  progress.Update(1, "loss 3");
  EXPECT_EQ(Take(),
            "\r\x1b[Ktrain  ━━━━━───────────────  1/4 steps  1.00 steps/s  3.0 s left  loss 3");
  now_ += 0.05;
  progress.Update(2);
  EXPECT_EQ(Take(), "");  // too soon
  now_ += 0.95;
  progress.Update(2);
  EXPECT_EQ(Take(), "\r\x1b[Ktrain  ━━━━━━━━━━──────────  2/4 steps  1.00 steps/s  2.0 s left");
  progress.Finish();
  EXPECT_EQ(Take(), "\r\x1b[Ktrain  ━━━━━━━━━━──────────  2/4 steps  1.00 steps/s  in 2.0 s\n");
}

TEST_F(ProgressTest, NeverWiderThanTheTerminal) {
  Progress progress("train", 4, Terminal(30));
  now_ += 1;
  progress.Update(1);
  EXPECT_EQ(Take(), "\r\x1b[Ktrain  ━━━━━─────────────── …");
}

TEST_F(ProgressTest, MessagesAndOtherOutputGetALineOfTheirOwn) {
  Progress progress("train", 4, Terminal(100));
  now_ += 1;
  progress.Update(1);
  Take();
  progress.Message("saved");
  EXPECT_EQ(Take(), "\r\x1b[Ksaved\n");
  progress.Update(1);
  EXPECT_NE(Take(), "");  // drawn again at once
  progress.Hide();
  EXPECT_EQ(Take(), "\r\x1b[K");
  progress.Hide();
  EXPECT_EQ(Take(), "");  // nothing to erase
}

}  // namespace
}  // namespace gokart
