#include "ch04_model/llama/llama_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tensor/random.h"

namespace gokart {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// The line of `text` that holds `part`, or "".
std::string LineWith(const std::string& text, const std::string& part) {
  const size_t at = text.find(part);
  if (at == std::string::npos) return "";
  const size_t begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

TEST(LlamaReport, StepsWithPublishedTotals) {
  const std::string table = StepsTable(8192);
  EXPECT_THAT(LineWith(table, "Llama 2 7B"), ContainsRegex("6,738,415,616 +-149,561,344 .*4.3 GB"));
  EXPECT_THAT(LineWith(table, "-> 8 "), ContainsRegex("-805,306,368 .*1.1 GB"));
  EXPECT_THAT(LineWith(table, "Llama 3 8B"), HasSubstr("8,030,261,248"));
  EXPECT_THAT(LineWith(table, "Llama 3.2 1B"), ContainsRegex("1,235,814,400 +-262,668,288"));
  EXPECT_THAT(LineWith(StepsTable(4096), "Llama 2 7B"), HasSubstr("2.1 GB"));
}

TEST(LlamaReport, PublishedModels) {
  const std::string table = NamedLlamasTable();
  // 2 * 128 layers' worth: 131,072 tokens * 32 layers * 2 * 1024 numbers * 2 bytes
  EXPECT_THAT(
      LineWith(table, "llama3.1-8b"),
      ContainsRegex("Jul 2024 .*131,072 .*32/8 .*500,000 +8 +8,030,261,248 +16.1 GB +17.2 GB"));
  EXPECT_THAT(LineWith(table, "llama2-7b"), ContainsRegex("10,000 +- +6,738,415,616"));
}

// 2 pi for the fastest pair of all; 2 pi 10000^(63/64) and 2 pi 500000^(63/64) for the slowest.
TEST(LlamaReport, Wavelengths) {
  const std::string table = WavelengthTable();
  EXPECT_THAT(table, ContainsRegex("0 +6.3 +6.3 +6.3 +6.3"));
  EXPECT_THAT(table, ContainsRegex("63 +54,410 +2,559,196 +20,473,564 +81,894,257"));
}

TEST(LlamaReport, AMicroLlamaLearnsASentence) {
  ManualSeed(123);
  const MicroLlama micro = TrainMicroLlama();
  EXPECT_GT(micro.first_loss, 4);
  EXPECT_LT(micro.last_loss, 0.1);
  EXPECT_EQ(micro.written, micro.sentence);
  // V C twice, 2 blocks (2 C^2 + 2 C^2 / 4 + 3 C F + 2 C), C
  EXPECT_EQ(micro.parameters, 2 * 128 * 64 + 2 * (2 * 4096 + 2048 + 3 * 64 * 192 + 128) + 64);
  const std::string text = MicroLlamaText(micro);
  EXPECT_THAT(text, HasSubstr("110,912 parameters"));
  EXPECT_THAT(text, HasSubstr("four wheels"));
}

}  // namespace
}  // namespace gokart
