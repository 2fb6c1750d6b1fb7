// The binary of chapter 3.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ch03_attention/attend.h"
#include "ch03_attention/compare.h"
#include "ch03_attention/estimate.h"
#include "ch03_attention/make_attention.h"
#include "ch03_attention/token_vectors.h"
#include "ch03_attention/tour.h"
#include "tensor/random.h"
#include "workshop/command_line.h"
#include "workshop/run_folder.h"
#include "workshop/section.h"

ABSL_FLAG(std::string, out, "",
          "Folder for what is drawn and measured; it must be new or empty. Without it, tour and "
          "compare take runs/attention-1, -2, ..., and attend draws to the terminal only.");
ABSL_FLAG(std::string, vectors, "",
          "CSV file with one line for each token: its name, then the numbers of its vector.");
ABSL_FLAG(std::string, mechanism, "causal",
          "simplified (no weights), self (with weights), causal (without future) or multi_head.");
ABSL_FLAG(int64_t, d_in, 8, "Length of the vectors that are drawn for the words of TEXT.");
ABSL_FLAG(int64_t, d_out, 0, "Length of the context vectors; 0: that of the inputs.");
ABSL_FLAG(int64_t, num_heads, 2, "Heads of multi_head; they share d_out between them.");
ABSL_FLAG(std::vector<std::string>, attention, {},
          "Variants to compare, separated by commas; empty: all.");
ABSL_FLAG(int64_t, max_tokens, 4096, "Tokens of the longest sequence to measure.");
ABSL_FLAG(int64_t, width, 256, "Width of the vectors, a multiple of 64: heads have 64 channels.");
ABSL_FLAG(int64_t, batch_size, 1, "Sequences at the same time.");
ABSL_FLAG(int64_t, context_length, 32768, "Tokens of each sequence.");
ABSL_FLAG(int64_t, emb_dim, 4096, "Width of the model.");
ABSL_FLAG(int64_t, n_heads, 32, "Heads of each layer, of emb_dim / n_heads channels, rounded up.");
ABSL_FLAG(int64_t, n_layers, 32, "Layers of the model.");
ABSL_FLAG(double, bytes_per_value, 2, "4 for float32, 2 for bfloat16, 1 for float8.");
ABSL_FLAG(int64_t, group_size, 4,
          "Heads that share a head of keys and values in grouped-query attention.");
ABSL_FLAG(int64_t, latent_dim, 1024, "Numbers kept of each token in latent attention.");
ABSL_FLAG(int64_t, window, 1024, "Tokens that a token sees in sliding layers.");
ABSL_FLAG(int64_t, sliding_per_full, 5, "Sliding layers before each full one.");
ABSL_FLAG(int64_t, delta_per_full, 3, "DeltaNet layers before each full one.");

namespace gokart {
namespace {

constexpr int64_t kMostTokens = 512, kLargestWidth = 4096;
constexpr int64_t kMostMeasuredTokens = 65536;

absl::StatusOr<RunFolder> MakeRunFolder(const std::string& command) {
  const nlohmann::json config = {{"command", command}, {"seed", absl::GetFlag(FLAGS_seed)}};
  return RunFolder::CreateChosen(absl::GetFlag(FLAGS_out), "attention", config);
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

absl::Status RunCompare(const std::vector<std::string>&) {
  const CompareOptions wanted = {.emb_dim = absl::GetFlag(FLAGS_width),
                                 .max_tokens = absl::GetFlag(FLAGS_max_tokens),
                                 .attention = absl::GetFlag(FLAGS_attention)};
  const absl::Status flags =
      FirstError({CheckFlagBetween("width", wanted.emb_dim, 64, kLargestWidth),
                  CheckFlagBetween("max_tokens", wanted.max_tokens, 2, kMostMeasuredTokens)});
  if (!flags.ok()) return flags;
  if (wanted.emb_dim % 64 != 0) {
    return absl::InvalidArgumentError("--width=" + std::to_string(wanted.emb_dim) +
                                      ": must be a multiple of 64");
  }
  for (const std::string& name : wanted.attention) {
    if (const absl::Status known = CheckAttentionName(name); !known.ok()) return known;
  }
  absl::StatusOr<RunFolder> run = MakeRunFolder("compare");
  if (!run.ok()) return run.status();
  CompareOptions options = wanted;
  options.folder = run->path();
  return CompareAttention(options);
}

absl::Status RunEstimate(const std::vector<std::string>&) {
  const CacheModel model = {.batch_size = absl::GetFlag(FLAGS_batch_size),
                            .context_length = absl::GetFlag(FLAGS_context_length),
                            .emb_dim = absl::GetFlag(FLAGS_emb_dim),
                            .n_heads = absl::GetFlag(FLAGS_n_heads),
                            .n_layers = absl::GetFlag(FLAGS_n_layers),
                            .bytes_per_value = absl::GetFlag(FLAGS_bytes_per_value),
                            .group_size = absl::GetFlag(FLAGS_group_size),
                            .latent_dim = absl::GetFlag(FLAGS_latent_dim),
                            .window = absl::GetFlag(FLAGS_window),
                            .sliding_per_full = absl::GetFlag(FLAGS_sliding_per_full),
                            .delta_per_full = absl::GetFlag(FLAGS_delta_per_full)};
  if (const absl::Status status = CheckCacheModel(model); !status.ok()) return status;
  PrintBlock(EstimateTable(model));
  return absl::OkStatus();
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
          {.name = "compare",
           .summary = "All attention variants side by side on this machine; under two minutes.",
           .description =
               "Measures each variant over the length of the sequence: time forward and backward, "
               "memory, the time of one token with a cache, and the size of the cache. Prints the "
               "ranking at the greatest length, and writes compare.csv and pictures into a run "
               "folder. The chapter's README says what each variant is.\n\n"
               "Every variant is measured in the same way and against the same ceiling, the best "
               "plain matrix product of this machine. For the workshop's setting, and for counters "
               "and filters, there is a benchmark:\n\n"
               "  bazel run //ch03_attention:attention_benchmark\n\n"
               "Things to try:\n\n"
               "  compare --attention=didactic,fused,swa,deltanet\n"
               "  compare --width=768 --max_tokens=1024",
           .flags = {"out", "attention", "max_tokens", "width"},
           .run = RunCompare},
          {.name = "estimate",
           .summary = "How much memory caches take in models of real size.",
           .description =
               "Works out what generation keeps of its sequences with full attention, grouped "
               "queries, latent vectors, sliding windows and gated DeltaNets. The defaults are "
               "those of the workshop's estimators. Nothing is computed with the model, so any "
               "size is fine.\n\n"
               "Things to try:\n\n"
               "  estimate --context_length=131072 --emb_dim=2048 --n_heads=24 --n_layers=48\n"
               "  estimate --window=2048 --sliding_per_full=3",
           .flags = {"batch_size", "context_length", "emb_dim", "n_heads", "n_layers",
                     "bytes_per_value", "group_size", "latent_dim", "window", "sliding_per_full",
                     "delta_per_full"},
           .run = RunEstimate},
      }};
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) { return gokart::RunProgram(gokart::Chapter3(), argc, argv); }
