// A small program of the workshop's kind, for page_run_test.

#include <cstdio>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "workshop/command_line.h"

ABSL_FLAG(double, sugar, 1.25, "Spoons in each cup.");
ABSL_FLAG(bool, milk, false, "With milk.");

namespace gokart {
namespace {

absl::Status Pour(const std::vector<std::string>& names) {
  const double sugar = absl::GetFlag(FLAGS_sugar);
  if (sugar < 0) return absl::InvalidArgumentError("less than no sugar");
  std::printf("tea with %.2f spoons%s\n", sugar, absl::GetFlag(FLAGS_milk) ? " and milk" : "");
  for (const std::string& name : names) std::printf("for %s\n", name.c_str());
  return absl::OkStatus();
}

absl::Status Wash(const std::vector<std::string>&) {
  std::puts("2 cups");
  return absl::OkStatus();
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) {
  return gokart::RunProgram(
      {.name = "tea",
       .summary = "Tea.",
       .commands = {{.name = "pour",
                     .summary = "Pours tea.",
                     .arguments = "[NAME...]",
                     .flags = {"sugar", "milk"},
                     .run = gokart::Pour},
                    {.name = "wash", .summary = "Washes up.", .run = gokart::Wash}}},
      argc, argv);
}
