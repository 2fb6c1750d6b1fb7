#include "workshop/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace gokart {
namespace {

TEST(InterruptGuardTest, SignalsSetTheFlag) {
  for (int number : {SIGINT, SIGTERM}) {
    InterruptGuard guard;
    EXPECT_FALSE(guard.Requested());
    raise(number);
    EXPECT_TRUE(guard.Requested());
  }
}

TEST(InterruptGuardTest, NestedGuardsShareTheFlag) {
  InterruptGuard outer;
  raise(SIGINT);
  InterruptGuard inner;
  EXPECT_TRUE(inner.Requested());
}

TEST(InterruptGuardTest, HandlersHaveAStackOfTheirOwn) {
  const InterruptGuard guard;
  stack_t stack;
  ASSERT_EQ(sigaltstack(nullptr, &stack), 0);
  EXPECT_EQ(stack.ss_flags & SS_DISABLE, 0);
  EXPECT_GE(stack.ss_size, 1u << 14);
  for (int number : {SIGINT, SIGTERM}) {
    struct sigaction action;
    ASSERT_EQ(sigaction(number, nullptr, &action), 0);
    EXPECT_NE(action.sa_flags & SA_ONSTACK, 0);
  }
}

TEST(InterruptGuardDeathTest, TheSecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        InterruptGuard guard;
        raise(SIGINT);
        raise(SIGINT);
        _exit(0);
      },
      ::testing::ExitedWithCode(130), "once more");
}

TEST(InterruptGuardDeathTest, AfterwardsSignalsWorkAsBefore) {
  EXPECT_EXIT(
      {
        { InterruptGuard guard; }
        raise(SIGTERM);
        _exit(0);
      },
      ::testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace gokart
