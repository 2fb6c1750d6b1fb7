// The binary of chapter 3.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ch03_attention/attend.h"
#include "ch03_attention/token_vectors.h"
#include "ch03_attention/tour.h"
#include "tensor/random.h"
#include "workshop/command_line.h"
#include "workshop/run_folder.h"

ABSL_FLAG(
    std::string, out, "",
    "Folder for the pictures; it must be new or empty. Without it, tour takes runs/attention-1, "
    "-2, ..., and attend draws to the terminal only.");
ABSL_FLAG(std::string, vectors, "",
          "CSV file with one line for each token: its name, then the numbers of its vector.");
ABSL_FLAG(std::string, mechanism, "causal",
          "simplified (no weights), self (with weights), causal (without future) or multi_head.");
ABSL_FLAG(int64_t, d_in, 8, "Length of the vectors that are drawn for the words of TEXT.");
ABSL_FLAG(int64_t, d_out, 0, "Length of the context vectors; 0: that of the inputs.");
ABSL_FLAG(int64_t, num_heads, 2, "Heads of multi_head; they share d_out between them.");

namespace gokart {
namespace {

constexpr int64_t kMostTokens = 512, kLargestWidth = 4096;

absl::StatusOr<RunFolder> MakeRunFolder(const std::string& command) {
  const nlohmann::json config = {{"command", command}, {"seed", absl::GetFlag(FLAGS_seed)}};
  const std::string out = absl::GetFlag(FLAGS_out);
  return out.empty() ? RunFolder::CreateNumbered("runs", "attention", config)
                     : RunFolder::Create(out, config);
}

absl::Status RunTour(const std::vector<std::string>&) {
  absl::StatusOr<RunFolder> run = MakeRunFolder("tour");
  if (!run.ok()) return run.status();
  return AttentionTour({.folder = run->path(), .seed = absl::GetFlag(FLAGS_seed)});
}

// The tokens that the arguments and flags ask for.
absl::StatusOr<TokenVectors> GetTokens(const std::vector<std::string>& arguments) {
  const std::vector<std::string> words =
      absl::StrSplit(absl::StrJoin(arguments, " "), absl::ByAnyChar(" \t\n\r"), absl::SkipEmpty());
  const std::string path = absl::GetFlag(FLAGS_vectors);
  if (!path.empty() && !words.empty()) {
    return absl::InvalidArgumentError("give either TEXT or --vectors, not both");
  }
  absl::StatusOr<TokenVectors> tokens = !path.empty() ? ReadTokenVectors(path)
                                        : !words.empty()
                                            ? DrawTokenVectors(words, absl::GetFlag(FLAGS_d_in))
                                            : ExampleTokenVectors();
  if (tokens.ok() && static_cast<int64_t>(tokens->tokens.size()) > kMostTokens) {
    return absl::InvalidArgumentError("more than " + std::to_string(kMostTokens) +
                                      " tokens: nobody could read the picture");
  }
  return tokens;
}

absl::Status RunAttend(const std::vector<std::string>& arguments) {
  const absl::Status flags =
      FirstError({CheckFlagBetween("d_in", absl::GetFlag(FLAGS_d_in), 1, kLargestWidth),
                  CheckFlagBetween("d_out", absl::GetFlag(FLAGS_d_out), 0, kLargestWidth),
                  CheckFlagBetween("num_heads", absl::GetFlag(FLAGS_num_heads), 1, 64)});
  if (!flags.ok()) return flags;
  ManualSeed(absl::GetFlag(FLAGS_seed));
  absl::StatusOr<TokenVectors> tokens = GetTokens(arguments);
  if (!tokens.ok()) return tokens.status();
  AttendCommandOptions options = {.mechanism = absl::GetFlag(FLAGS_mechanism),
                                  .d_out = absl::GetFlag(FLAGS_d_out),
                                  .num_heads = absl::GetFlag(FLAGS_num_heads)};
  if (absl::GetFlag(FLAGS_out).empty()) return Attend(*tokens, options);
  absl::StatusOr<RunFolder> run = MakeRunFolder("attend");
  if (!run.ok()) return run.status();
  options.folder = run->path();
  return Attend(*tokens, options);
}

Program Chapter3() {
  return {
      .name = "ch03_attention",
      .summary = "Chapter 3: attention, from a weighted sum to the multi-head attention of a GPT.",
      .commands = {
          {.name = "tour",
           .summary = "The chapter, section by section, computed live.",
           .description =
               "Prints every result of the workshop's chapter 3 under its section title, from the "
               "same inputs and seeds, says whether it equals the printed numbers to four "
               "decimals, and draws the attention weights, here and as pictures in a run folder.",
           .flags = {"out"},
           .run = RunTour},
          {.name = "attend",
           .summary = "Attention on your own words or vectors.",
           .description =
               "Shows who attends to whom, and the context vectors that come out, for one of the "
               "chapter's mechanisms with random weights.\n\n"
               "For TEXT, a vector is drawn for each different word, as an embedding layer does "
               "before training. Without TEXT, the chapter's example is taken: \"Your journey "
               "starts with one step\".\n\n"
               "Things to try:\n\n"
               "  attend --mechanism=self the dog bites the man\n\n"
               "Both \"the\" get the same row and the same context vector: without positions added "
               "to the embeddings (chapter 2), attention does not know the order of words.\n\n"
               "  attend --mechanism=simplified --d_in=512 one two three four five six\n\n"
               "Dot products grow with the length of the vectors: undivided by its square root, "
               "softmax gives every token to itself and nothing to the others.",
           .arguments = "[TEXT]",
           .flags = {"out", "vectors", "mechanism", "d_in", "d_out", "num_heads"},
           .run = RunAttend},
      }};
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) { return gokart::RunProgram(gokart::Chapter3(), argc, argv); }
