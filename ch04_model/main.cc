// The binary of chapter 4.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "ch04_model/gpt_config.h"
#include "ch04_model/llama/llama_report.h"
#include "ch04_model/model_flags.h"
#include "ch04_model/summary_report.h"
#include "ch04_model/tour.h"
#include "nlohmann/json.hpp"
#include "tensor/random.h"
#include "workshop/command_line.h"
#include "workshop/human.h"
#include "workshop/run_folder.h"
#include "workshop/section.h"

ABSL_FLAG(std::string, out, "",
          "Folder for the pictures; it must be new or empty. Without it, runs/model-1, -2, ... is "
          "taken.");
ABSL_FLAG(std::string, model, "gpt2-small",
          "gpt2-small, gpt2-medium, gpt2-large, gpt2-xl, laptop or laptop-large: the sizes to "
          "start from.");
ABSL_FLAG(int64_t, batch_size, 4, "Sequences in a training step, for the memory that it needs.");
ABSL_FLAG(int64_t, num_tokens, 0,
          "Tokens of each sequence. summary: at most context_length, which 0 stands for; llama: 0 "
          "stands for 8192.");

namespace gokart {
namespace {

constexpr int64_t kMostSequences = 1000000;

absl::Status RunTour(const std::vector<std::string>&) {
  const nlohmann::json config = {{"command", "tour"}, {"seed", absl::GetFlag(FLAGS_seed)}};
  const std::string out = absl::GetFlag(FLAGS_out);
  absl::StatusOr<RunFolder> run = out.empty() ? RunFolder::CreateNumbered("runs", "model", config)
                                              : RunFolder::Create(out, config);
  if (!run.ok()) return run.status();
  return ModelTour({.folder = run->path(), .seed = absl::GetFlag(FLAGS_seed)});
}

absl::Status RunSummary(const std::vector<std::string>&) {
  const absl::StatusOr<GptConfig> named = FindGptConfig(absl::GetFlag(FLAGS_model));
  if (!named.ok()) return named.status();
  const absl::StatusOr<GptConfig> config = ConfigFromFlags(*named);
  if (!config.ok()) return config.status();
  const int64_t batch_size = absl::GetFlag(FLAGS_batch_size);
  int64_t num_tokens = absl::GetFlag(FLAGS_num_tokens);
  const absl::Status flags = FirstError(
      {CheckFlagBetween("batch_size", static_cast<double>(batch_size), 1, kMostSequences),
       CheckFlagBetween("num_tokens", static_cast<double>(num_tokens), 0,
                        static_cast<double>(config->context_length))});
  if (!flags.ok()) return flags;
  if (num_tokens == 0) num_tokens = config->context_length;
  const std::string name = absl::GetFlag(FLAGS_model) + (*config == *named ? "" : ", changed");
  PrintBlock(SummaryReport(name, *config, {.batch_size = batch_size, .num_tokens = num_tokens}));
  return absl::OkStatus();
}

constexpr int64_t kLongestCache = 1 << 30;

absl::Status RunLlama(const std::vector<std::string>&) {
  int64_t num_tokens = absl::GetFlag(FLAGS_num_tokens);
  const absl::Status flag =
      CheckFlagBetween("num_tokens", static_cast<double>(num_tokens), 0, kLongestCache);
  if (!flag.ok()) return flag;
  if (num_tokens == 0) num_tokens = 8192;  // Llama 3's context
  PrintSection("", "From GPT-2 to Llama 3.2, one change after the other (cache of " +
                       FormatCount(num_tokens) + " tokens)");
  PrintBlock(StepsTable(num_tokens));
  PrintSection("", "The published Llamas (weights, and the cache of a full context, in 16 bit)");
  PrintBlock(NamedLlamasTable());
  PrintSection("", "RoPE: after how many tokens a pair of a head of 128 turns around once");
  PrintBlock(WavelengthTable());
  PrintSection("", "A micro Llama, made and trained now");
  ManualSeed(absl::GetFlag(FLAGS_seed));
  PrintBlock(MicroLlamaText(TrainMicroLlama()));
  return absl::OkStatus();
}

std::vector<std::string> SummaryFlags() {
  std::vector<std::string> flags = {"model"};
  for (const std::string& name : ModelFlagNames()) flags.push_back(name);
  flags.push_back("batch_size");
  flags.push_back("num_tokens");
  return flags;
}

Program Chapter4() {
  return {
      .name = "ch04_model",
      .summary = "Chapter 4: a GPT from its parts.",
      .commands = {
          {.name = "tour",
           .summary = "The chapter, section by section, computed live.",
           .description =
               "Layer normalisation, GELU and the feed-forward network, shortcut connections and "
               "what gradients do without them, the transformer block, the GPT model with 163 "
               "million parameters, and the text that it writes before it has learned anything. "
               "Each result is compared with the workshop's, which come from the same seed.",
           .flags = {"out"},
           .run = RunTour},
          {.name = "summary",
           .summary = "How large a model is and what it costs: parameters, memory, FLOPs.",
           .description =
               "Starts from the sizes of --model, changes those that you give, and counts: the "
               "parameters and multiply-adds of each part; what tying the output head to the token "
               "embedding saves; the memory of a training step. Nothing is computed with the "
               "model, so any size is fine.\n\n"
               "Things to try:\n\n"
               "  summary --model=gpt2-xl --batch_size=1\n"
               "  summary --model=laptop --n_layers=8 --vocab_size=5000\n\n"
               "GPT-2's own weights have biases at the queries, keys and values and a tied head; "
               "the published 124,439,808 parameters are\n\n"
               "  summary --qkv_bias=true --tie_weights=true",
           .flags = SummaryFlags(),
           .run = RunSummary},
          {.name = "llama",
           .summary = "From GPT-2 to Llama 3.2, change by change, and what each costs or saves.",
           .description =
               "Turns GPT-2's architecture into Llama 2 7B, Llama 3 8B, Llama 3.1 8B and Llama 3.2 "
               "1B, one change at a time, and counts parameters, multiply-adds and the cache of "
               "--num_tokens tokens (0: 8192) in 16 bit after each. Then the sizes of all "
               "published "
               "text-only Llamas, how fast RoPE turns in each generation, and a Llama small enough "
               "to be trained on the spot.\n\n"
               "docs/from_gpt2_to_llama3.md explains the changes.",
           .flags = {"num_tokens"},
           .run = RunLlama},
      }};
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) { return gokart::RunProgram(gokart::Chapter4(), argc, argv); }
