#include "ch05_pretrain/generate_command.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "ch05_pretrain/generate.h"
#include "ch05_pretrain/inference_flags.h"
#include "ch05_pretrain/text_stream.h"
#include "workshop/file.h"
#include "workshop/human.h"
#include "workshop/interrupt.h"

ABSL_FLAG(std::string, prompt, "",
          "Text to continue; '-' reads standard input. Empty: from an end of text.");
ABSL_FLAG(std::string, prompts, "",
          "A file with a prompt on each line, continued side by side and printed in their order.");
ABSL_FLAG(int64_t, max_new_tokens, 200, "Tokens to add at most.");
ABSL_FLAG(
    double, temperature, 0,
    "0: always the likeliest token; 1: as likely as the model says; above: more adventurous.");
ABSL_FLAG(int64_t, top_k, 0, "Choose among the k likeliest tokens only; 0: all.");
ABSL_FLAG(double, top_p, 1,
          "Choose among the likeliest tokens that together have this probability; 1: all.");
ABSL_FLAG(std::string, stop, "",
          "Ends the text before this string would appear. \\n stands for a line's end.");
ABSL_FLAG(bool, stats, false,
          "Prints on standard error how long loading took, tokens per second and memory.");

namespace gokart {
namespace {

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// "\n" and "\t" as people type them, "\\" for a backslash.
std::string Unescaped(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    const bool escape = text[i] == '\\' && (next == 'n' || next == 't' || next == '\\');
    if (escape) ++i;
    out += !escape ? text[i] : next == 'n' ? '\n' : next == 't' ? '\t' : '\\';
  }
  return out;
}

absl::StatusOr<std::vector<int32_t>> Encode(const Tokenizer& tokenizer, const std::string& prompt) {
  if (!prompt.empty()) {
    return tokenizer.Encode(prompt,
                            {.allowed = {std::string(Tokenizer::kEndOfText)}, .refused = {}});
  }
  const std::optional<int32_t> end = tokenizer.EndOfText();
  if (end) return std::vector<int32_t>{*end};
  return absl::InvalidArgumentError(
      "the prompt is empty, and the tokenizer has no end of text to start from");
}

// Counts and times, for --stats.
struct Statistics {
  int64_t prompt_tokens = 0, new_tokens = 0;
  double load_seconds = 0, start = 0, first_token = 0, last_token = 0;

  void Token() {
    last_token = Now();
    if (first_token == 0) first_token = last_token;
    ++new_tokens;
  }

  void Print(const GPTModel& model, int64_t texts) const {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    const double prompt_seconds = first_token - start, decode_seconds = last_token - first_token;
    const int64_t decoded = new_tokens - std::min(new_tokens, texts);
    std::fprintf(stderr, "Load        %s\n", FormatDuration(load_seconds).c_str());
    if (new_tokens > 0) {
      std::fprintf(stderr, "Prompt      %s tokens, %.1f tokens/s\n",
                   FormatCount(prompt_tokens).c_str(),
                   static_cast<double>(prompt_tokens) / prompt_seconds);
    }
    if (decoded > 0 && decode_seconds > 0) {
      std::fprintf(stderr, "Generation  %s tokens, %.1f tokens/s, %.2f ms a token\n",
                   FormatCount(new_tokens).c_str(), static_cast<double>(decoded) / decode_seconds,
                   1e3 * decode_seconds / static_cast<double>(decoded));
    }
    std::fprintf(stderr, "Memory      %s of weights, %s at the most\n",
                 FormatBytes(static_cast<double>(model.WeightBytes())).c_str(),
                 FormatBytes(1024.0 * static_cast<double>(usage.ru_maxrss)).c_str());
  }
};

void Show(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

absl::StatusOr<GenerateOptions> OptionsFromFlags() {
  GenerateOptions options = {.max_new_tokens = absl::GetFlag(FLAGS_max_new_tokens),
                             .sampling = {.temperature = absl::GetFlag(FLAGS_temperature),
                                          .top_k = absl::GetFlag(FLAGS_top_k),
                                          .top_p = absl::GetFlag(FLAGS_top_p)}};
  const SamplingOptions& s = options.sampling;
  absl::Status status = FirstError(
      {CheckFlagAtLeast("temperature", s.temperature, 0),
       CheckFlagAtLeast("top_k", static_cast<double>(s.top_k), 0),
       CheckFlagAbove("top_p", s.top_p, 0), CheckFlagBetween("top_p", s.top_p, 0, 1),
       CheckFlagAtLeast("max_new_tokens", static_cast<double>(options.max_new_tokens), 0)});
  if (!status.ok()) return status;
  options.on_slide = [] {
    std::fprintf(stderr,
                 "\nThe text is longer than the model's context: from here on the model only sees "
                 "its end.\n");
  };
  return options;
}

// Prints the prompt, and what follows as it comes.
absl::Status Stream(const TrainedModel& trained, const std::string& prompt,
                    const GenerateOptions& options, Statistics& statistics) {
  const absl::StatusOr<std::vector<int32_t>> ids = Encode(*trained.tokenizer, prompt);
  if (!ids.ok()) return ids.status();
  Show(prompt);
  TextStream stream(*trained.tokenizer, {Unescaped(absl::GetFlag(FLAGS_stop))}, ids->back());
  Generator generator(absl::GetFlag(FLAGS_seed));
  const InterruptGuard interrupt;
  statistics.prompt_tokens = static_cast<int64_t>(ids->size());
  statistics.start = Now();
  Generate(*trained.model, *ids, options, generator, [&](int32_t token) {
    statistics.Token();
    Show(stream.Add(token));
    return !stream.stopped() && !interrupt.Requested();
  });
  Show(stream.Finish() + "\n");
  return absl::OkStatus();
}

// Prints the texts of all prompts in their order, each as soon as it and those before are complete.
absl::Status PrintAll(const TrainedModel& trained, const std::vector<std::string>& prompts,
                      const GenerateOptions& options, Statistics& statistics) {
  std::vector<std::vector<int32_t>> ids;
  std::vector<std::string> texts = prompts;
  std::vector<TextStream> streams;
  for (const std::string& prompt : prompts) {
    absl::StatusOr<std::vector<int32_t>> encoded = Encode(*trained.tokenizer, prompt);
    if (!encoded.ok()) return encoded.status();
    statistics.prompt_tokens += static_cast<int64_t>(encoded->size());
    streams.emplace_back(*trained.tokenizer,
                         std::vector<std::string>{Unescaped(absl::GetFlag(FLAGS_stop))},
                         encoded->back());
    ids.push_back(*std::move(encoded));
  }
  const InterruptGuard interrupt;
  statistics.start = Now();
  GenerateBatch(*trained.model, std::move(ids), options, absl::GetFlag(FLAGS_seed),
                [&](size_t i, int32_t token) {
                  statistics.Token();
                  texts[i] += streams[i].Add(token);
                  return !streams[i].stopped() && !interrupt.Requested();
                });
  for (size_t i = 0; i < texts.size(); ++i) {
    Show(absl::StrCat(i > 0 ? "----\n" : "", texts[i], streams[i].Finish(), "\n"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> PromptsFromFile(const std::string& path) {
  absl::StatusOr<std::string> content = ReadFile(path);
  if (!content.ok()) return content.status();
  while (!content->empty() && content->back() == '\n') content->pop_back();
  if (content->empty()) return absl::InvalidArgumentError(absl::StrCat(path, ": no prompts"));
  return std::vector<std::string>(absl::StrSplit(*content, '\n'));
}

absl::Status Run(const std::vector<std::string>&) {
  const absl::StatusOr<GenerateOptions> checked = OptionsFromFlags();
  if (!checked.ok()) return checked.status();
  GenerateOptions options = *checked;
  const std::string file = absl::GetFlag(FLAGS_prompts);
  if (!file.empty() && FlagWasGiven("prompt")) {
    return absl::InvalidArgumentError("--prompt does not go with --prompts");
  }
  std::vector<std::string> prompts = {absl::GetFlag(FLAGS_prompt)};
  if (!file.empty()) {
    absl::StatusOr<std::vector<std::string>> read = PromptsFromFile(file);
    if (!read.ok()) return read.status();
    prompts = *std::move(read);
  } else if (prompts[0] == "-") {
    prompts[0].assign(std::istreambuf_iterator<char>(std::cin), {});
  }
  const absl::StatusOr<InferenceModel> loaded = LoadInferenceModel();
  if (!loaded.ok()) return loaded.status();
  const TrainedModel& trained = loaded->trained;
  options.eos_id = trained.tokenizer->EndOfText();
  Statistics statistics = {.load_seconds = loaded->load_seconds};
  const absl::Status status = file.empty() ? Stream(trained, prompts[0], options, statistics)
                                           : PrintAll(trained, prompts, options, statistics);
  if (status.ok() && absl::GetFlag(FLAGS_stats)) {
    statistics.Print(*trained.model, static_cast<int64_t>(prompts.size()));
  }
  return status;
}

}  // namespace

Command GenerateCommand() {
  return {
      .name = "generate",
      .summary = "Continues a prompt with a trained model.",
      .description =
          "Prints the prompt and what follows, token by token, until the model ends the text. A "
          "key/value cache keeps what was computed of earlier tokens. Weights in fewer bits "
          "(--dtype) make it faster, since reading them is most of the work.\n\n"
          "  bazel run //ch05_pretrain -- generate --weights=runs/pretrain-1 --temperature=1\n"
          "  bazel run //ch05_pretrain -- generate --weights=gpt2/model.safetensors \\\n"
          "      --prompt='Every effort moves you' --dtype=q8 --stats",
      .flags = InferenceFlags({"tokenizer", "prompt", "prompts", "max_new_tokens", "temperature",
                               "top_k", "top_p", "stop", "stats"}),
      .run = Run};
}

}  // namespace gokart
