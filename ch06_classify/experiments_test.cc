#include "ch06_classify/experiments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ch06_classify/testing/tiny_base.h"
#include "workshop/csv_file.h"
#include "workshop/file.h"

namespace gokart {
namespace {

using ::testing::HasSubstr;

class ExperimentsTest : public ::testing::Test {
 protected:
  ExperimentsTest() : folder_(::testing::TempDir() + "/experiments." + std::to_string(getpid())) {
    options_.weights = WriteTinyBase(folder_ + "/base");
    options_.data = folder_ + "/messages.tsv";
    options_.num_epochs = 1;
    std::ofstream(options_.data) << TinyMessages(20);
  }
  ~ExperimentsTest() override { std::filesystem::remove_all(folder_); }

  // What is printed; an error comes after "ERROR ".
  std::string Run(const std::vector<std::string>& only, int64_t seeds = 1) {
    ::testing::internal::CaptureStdout();
    const absl::Status status = RunExperiments(options_, only, seeds, folder_ + "/out");
    const std::string page = ::testing::internal::GetCapturedStdout();
    return status.ok() ? page : "ERROR " + std::string(status.message());
  }

  std::string Rows() { return *ReadFile(folder_ + "/out/experiments.csv"); }

  const std::string folder_;
  ClassifyOptions options_;
};

TEST_F(ExperimentsTest, CoverTheWorkshopsQuestions) {
  const std::vector<Experiment> all = Experiments(options_);
  EXPECT_GE(all.size(), 18u);
  for (const Experiment& e : all) {
    const absl::Status status = CheckClassifyOptions(e.options);
    EXPECT_TRUE(status.ok()) << e.number << ": " << status;
    const std::string random = e.what.rfind("random", 0) == 0 ? "random:" : "";
    EXPECT_EQ(e.options.weights, random + options_.weights);
    EXPECT_EQ(e.options.data, options_.data);
  }
}

TEST_F(ExperimentsTest, GoOnWhereTheyStopped) {
  EXPECT_THAT(Run({"4"}), HasSubstr("head only"));
  const std::string first = Rows();
  const std::string page = Run({"2", "4", "12", "14"}, 2);
  EXPECT_THAT(page, HasSubstr("last block"));
  EXPECT_THAT(page, HasSubstr("QLoRA"));
  EXPECT_THAT(page, HasSubstr("bag of words"));
  EXPECT_EQ(Rows().substr(0, first.size()), first);  // not done again
  EXPECT_EQ(ParseCsv(Rows())->size(), 1u + 8u);
  const std::string rows = Rows();
  Run({"2", "4"});
  EXPECT_EQ(Rows(), rows);
}

TEST_F(ExperimentsTest, RefuseToMixOptions) {
  Run({"4"});
  options_.num_epochs = 2;
  EXPECT_THAT(Run({"4"}), HasSubstr("ERROR"));
  EXPECT_THAT(Run({"4"}), HasSubstr("was done with other options"));
  EXPECT_THAT(Run({"99"}), HasSubstr("no experiment 99; there are 1 to"));
}

}  // namespace
}  // namespace gokart
