// Chapter 5's program: pretraining on unlabelled text, and text from what was trained.
#include <cstdio>
#include <filesystem>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "ch04_model/gpt_config.h"
#include "ch04_model/model_flags.h"
#include "ch05_pretrain/convert_command.h"
#include "ch05_pretrain/default_runs.h"
#include "ch05_pretrain/evaluate_command.h"
#include "ch05_pretrain/generate_command.h"
#include "ch05_pretrain/hyperparameter_search.h"
#include "ch05_pretrain/inference_flags.h"
#include "ch05_pretrain/pretrain_run.h"
#include "ch05_pretrain/tour.h"
#include "ch05_pretrain/train_command.h"
#include "ch05_pretrain/weights/load_model.h"
#include "ch05_pretrain/weights/open_weights.h"
#include "ch05_pretrain/weights/weight_info.h"
#include "ch05_pretrain/weights/weights_tokenizer.h"
#include "workshop/command_line.h"
#include "workshop/human.h"
#include "workshop/interrupt.h"
#include "workshop/run_folder.h"
#include "workshop/table.h"

ABSL_FLAG(std::string, text, "",
          "What to train on: a text file, a folder, or a glob such as 'books/*.txt'; or, for more "
          "text than memory, a token file from `ch02_data encode --out`. Without it: stories from "
          "the built-in grammar.");
ABSL_FLAG(int64_t, story_characters, 20000000,
          "Characters of stories to train on, without --text.");
ABSL_FLAG(
    std::string, tokenizer, "",
    "gpt2; a tokenizer file; to train on a text also bpe:SIZE, made from the text itself. Without "
    "it: the one that belongs to --weights; without weights gpt2 for --text, bpe:1500 for "
    "stories.");
ABSL_FLAG(std::string, model, "laptop",
          "A model by name: gpt2-small, gpt2-medium, gpt2-large, gpt2-xl, laptop, laptop-large. "
          "The flags for sizes "
          "and switches change it.");
ABSL_FLAG(double, train_ratio, 0.9,
          "Part of the text's characters to train on; the rest validates.");
ABSL_FLAG(std::string, rows, "",
          "What a row of a batch is: 'windows' cut out of the text one after the other, or whole "
          "'documents', as "
          "<|endoftext|> separates them. Without it: windows for --text, documents for stories.");
ABSL_FLAG(int64_t, batch_size, 0, "Windows in a batch; 0: 2 for --text, 24 for stories.");
ABSL_FLAG(int64_t, stride, 0, "Tokens from one window to the next; 0: the context length.");
ABSL_FLAG(int64_t, num_epochs, 0, "Passes over the text; 0: 10 for --text, 1 for stories.");
ABSL_FLAG(double, learning_rate, 0,
          "The (highest) learning rate; 0: 4e-4 for --text, 4e-3 for stories.");
ABSL_FLAG(double, initial_learning_rate, 0, "Learning rate at the start of the warmup.");
ABSL_FLAG(
    double, min_learning_rate, -1,
    "Learning rate at the end of a cosine decay; negative: no decay for --text, 0 for stories.");
ABSL_FLAG(
    int64_t, warmup_steps, -1,
    "Steps from initial_learning_rate to learning_rate; negative: 0 for --text, 50 for stories.");
ABSL_FLAG(double, weight_decay, 0.1, "AdamW's weight decay.");
ABSL_FLAG(double, max_grad_norm, 0,
          "Shortens longer gradients to this norm, from the end of the warmup on; 0: never.");
ABSL_FLAG(int64_t, accumulation_steps, 1, "Batches whose mean gradient makes one step.");
ABSL_FLAG(int64_t, eval_freq, 0,
          "Steps between two evaluations; 0: 5 for --text, 100 for stories.");
ABSL_FLAG(int64_t, eval_iter, 5, "Batches of training and validation data in an evaluation.");
ABSL_FLAG(std::string, start_context, "",
          "What the sample after each epoch continues. Without it: 'Every effort moves you' for "
          "--text, an end "
          "of text for stories.");
ABSL_FLAG(
    std::string, out, "",
    "Folder of the run, or of what the tour makes; without it: the next free one in runs/, of "
    "search runs/search. Of convert and logits: what to write.");
ABSL_FLAG(std::string, resume, "",
          "Folder of a run to go on with, bit for bit as if it had never stopped. Its own flags "
          "apply; only "
          "--num_epochs may be raised.");
ABSL_FLAG(double, checkpoint_minutes, 2, "Minutes between two checkpoints.");

ABSL_FLAG(bool, sums, false, "Also shows each tensor's sum, smallest and largest number.");

ABSL_FLAG(std::string, in, "", "What to convert: anything that --weights takes elsewhere.");
ABSL_FLAG(std::string, format, "",
          "hf (a folder of Hugging Face's), safetensors, pth or gguf. Without it: by the ending of "
          "--out; no ending means hf.");
ABSL_FLAG(std::string, grid, "learning_rate=1e-3,4e-3 drop_rate=0,0.1",
          "Hyperparameters and the values to try: 'name=value,value name=value,value'.");

namespace gokart {
namespace {

std::vector<std::string> With(std::vector<std::string> flags,
                              const std::vector<std::string>& more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

std::vector<std::string> TrainingFlags() {
  return With({"text", "story_characters", "tokenizer", "model", "train_ratio", "rows",
               "batch_size", "stride", "num_epochs", "learning_rate", "initial_learning_rate",
               "min_learning_rate", "warmup_steps", "weight_decay", "max_grad_norm",
               "accumulation_steps", "eval_freq", "eval_iter", "start_context"},
              ModelFlagNames());
}

template <typename T>
void SetIfGiven(const char* flag, const absl::Flag<T>& value, T& field) {
  if (FlagWasGiven(flag)) field = absl::GetFlag(value);
}

absl::StatusOr<GptConfig> ModelFromFlags(const GptConfig& fallback) {
  if (!FlagWasGiven("model")) return ConfigFromFlags(fallback);
  absl::StatusOr<GptConfig> named = FindGptConfig(absl::GetFlag(FLAGS_model));
  if (!named.ok()) return named.status();
  return ConfigFromFlags(*named);
}

absl::StatusOr<PretrainOptions> OptionsFromFlags() {
  const std::string text = absl::GetFlag(FLAGS_text);
  PretrainOptions o = text.empty() ? StoryRunOptions() : TextRunOptions();
  absl::StatusOr<GptConfig> model = ModelFromFlags(o.model);
  if (!model.ok()) return model.status();
  o.model = *model;
  o.text = text;
  o.seed = absl::GetFlag(FLAGS_seed);
  SetIfGiven("story_characters", FLAGS_story_characters, o.story_characters);
  SetIfGiven("tokenizer", FLAGS_tokenizer, o.tokenizer);
  SetIfGiven("train_ratio", FLAGS_train_ratio, o.train_ratio);
  SetIfGiven("rows", FLAGS_rows, o.rows);
  SetIfGiven("batch_size", FLAGS_batch_size, o.batch_size);
  SetIfGiven("stride", FLAGS_stride, o.stride);
  SetIfGiven("num_epochs", FLAGS_num_epochs, o.num_epochs);
  SetIfGiven("learning_rate", FLAGS_learning_rate, o.learning_rate);
  SetIfGiven("initial_learning_rate", FLAGS_initial_learning_rate, o.initial_learning_rate);
  SetIfGiven("min_learning_rate", FLAGS_min_learning_rate, o.min_learning_rate);
  SetIfGiven("warmup_steps", FLAGS_warmup_steps, o.warmup_steps);
  SetIfGiven("weight_decay", FLAGS_weight_decay, o.weight_decay);
  SetIfGiven("max_grad_norm", FLAGS_max_grad_norm, o.max_grad_norm);
  SetIfGiven("accumulation_steps", FLAGS_accumulation_steps, o.accumulation_steps);
  SetIfGiven("eval_freq", FLAGS_eval_freq, o.eval_freq);
  SetIfGiven("eval_iter", FLAGS_eval_iter, o.eval_iter);
  SetIfGiven("start_context", FLAGS_start_context, o.start_context);
  if (absl::Status s = CheckPretrainOptions(o); !s.ok()) return s;
  return o;
}

// Training begins from these weights, so the model and (unless given) the tokenizer are theirs.
absl::Status UseWeights(const std::string& path, PretrainOptions& options) {
  if (FlagWasGiven("model")) {
    return absl::InvalidArgumentError("--model does not go with --weights: they decide the model");
  }
  const absl::StatusOr<WeightFile> file = OpenWeights(path);
  if (!file.ok()) return file.status();
  std::vector<std::string> notes;
  const absl::StatusOr<GptConfig> config =
      ConfigOf(*file, {.trainable = true, .n_heads = absl::GetFlag(FLAGS_n_heads)}, notes);
  if (!config.ok()) return config.status();
  for (const std::string& note : notes)
    std::fprintf(stderr, "%s: %s\n", path.c_str(), note.c_str());
  absl::StatusOr<GptConfig> model = ConfigFromFlags(*config);
  if (!model.ok()) return model.status();
  options.model = *std::move(model);
  options.weights = path;
  if (!FlagWasGiven("tokenizer")) options.tokenizer = TokenizerSpecOf(*file);
  return absl::OkStatus();
}

absl::Status Train(const std::vector<std::string>&) {
  const std::string resume = absl::GetFlag(FLAGS_resume);
  absl::StatusOr<std::unique_ptr<PretrainRun>> run;
  if (resume.empty()) {
    absl::StatusOr<PretrainOptions> options = OptionsFromFlags();
    if (!options.ok()) return options.status();
    const std::string weights = absl::GetFlag(FLAGS_weights);
    if (!weights.empty()) {
      if (absl::Status s = UseWeights(weights, *options); !s.ok()) return s;
    }
    run = PretrainRun::Start(*options, absl::GetFlag(FLAGS_out));
  } else {
    for (const std::string& flag : With(TrainingFlags(), {"weights", "out"})) {
      if (flag != "num_epochs" && FlagWasGiven(flag)) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", flag, " does not go with --resume: the run keeps its own"));
      }
    }
    std::optional<int64_t> num_epochs;
    if (FlagWasGiven("num_epochs")) num_epochs = absl::GetFlag(FLAGS_num_epochs);
    run = PretrainRun::Resume(resume, num_epochs);
  }
  if (!run.ok()) return run.status();
  return TrainAndReport(**run,
                        {.checkpoint_seconds = 60 * absl::GetFlag(FLAGS_checkpoint_minutes)});
}

absl::Status Search(const std::vector<std::string>&) {
  absl::StatusOr<PretrainOptions> base = OptionsFromFlags();
  if (!base.ok()) return base.status();
  absl::StatusOr<Grid> grid = ParseGrid(absl::GetFlag(FLAGS_grid));
  if (!grid.ok())
    return absl::InvalidArgumentError(
        absl::StrCat("--grid: ", std::string(grid.status().message())));
  const std::string out =
      absl::GetFlag(FLAGS_out).empty() ? "runs/search" : absl::GetFlag(FLAGS_out);
  const InterruptGuard interrupt;
  SearchObserver observer;
  observer.should_stop = [&] { return interrupt.Requested(); };
  observer.on_start = [](int64_t number, int64_t total, const Combination& c) {
    std::fprintf(stderr, "%d of %d: %s\n", static_cast<int>(number), static_cast<int>(total),
                 absl::StrJoin(c, ", ", absl::PairFormatter(" ")).c_str());
  };
  absl::StatusOr<std::vector<SearchResult>> results = SearchGrid(*base, *grid, out, observer);
  if (!results.ok()) return results.status();
  std::vector<std::string> columns;
  for (const auto& [name, values] : *grid) columns.push_back(name);
  for (const char* name : {"validation loss", "training loss", "at step", "time", ""})
    columns.push_back(name);
  Table table(columns);
  for (const SearchResult& r : *results) {
    std::vector<std::string> row;
    for (const auto& [name, value] : r.combination) row.push_back(value);
    const bool ok = r.error.empty();
    row.push_back(ok ? absl::StrFormat("%.4f", r.val_loss) : "");
    row.push_back(ok ? absl::StrFormat("%.4f", r.train_loss) : "");
    row.push_back(ok ? absl::StrCat(r.best_step) : "");
    row.push_back(FormatDuration(r.seconds));
    row.push_back(r.error);
    table.AddRow(row);
  }
  std::printf("%sResults     %s/results.csv\n", table.ToText().c_str(), out.c_str());
  return absl::OkStatus();
}

absl::Status Info(const std::vector<std::string>& arguments) {
  if (arguments.size() != 1) return absl::InvalidArgumentError("one file or folder expected");
  const absl::StatusOr<WeightFile> file = OpenWeights(arguments[0]);
  if (!file.ok()) return file.status();
  std::printf("%s", DescribeWeights(*file, {.n_heads = absl::GetFlag(FLAGS_n_heads),
                                            .sums = absl::GetFlag(FLAGS_sums)})
                        .c_str());
  return absl::OkStatus();
}

absl::Status ConvertModel(const std::vector<std::string>&) {
  const ConvertOptions options = {.in = absl::GetFlag(FLAGS_in),
                                  .out = absl::GetFlag(FLAGS_out),
                                  .format = absl::GetFlag(FLAGS_format),
                                  .dtype = absl::GetFlag(FLAGS_dtype),
                                  .tokenizer = absl::GetFlag(FLAGS_tokenizer),
                                  .n_heads = absl::GetFlag(FLAGS_n_heads)};
  if (options.in.empty()) return absl::InvalidArgumentError("--in is missing: what to convert");
  if (options.out.empty()) return absl::InvalidArgumentError("--out is missing: what to write");
  const absl::StatusOr<std::string> done = Convert(options);
  if (!done.ok()) return done.status();
  std::printf("%s", done->c_str());
  return absl::OkStatus();
}

absl::Status RunTour(const std::vector<std::string>&) {
  const nlohmann::json config = {{"command", "tour"}, {"seed", absl::GetFlag(FLAGS_seed)}};
  const absl::StatusOr<RunFolder> folder =
      RunFolder::CreateChosen(absl::GetFlag(FLAGS_out), "ch05-tour", config);
  if (!folder.ok()) return folder.status();
  return PretrainTour({.folder = folder->path(), .seed = absl::GetFlag(FLAGS_seed)});
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) {
  using namespace gokart;
  const Program program = {
      .name = "ch05_pretrain",
      .summary = "Chapter 5: pretraining on unlabelled text.",
      .commands = {
          {.name = "tour",
           .summary = "The chapter, computed live: a model learns to write stories.",
           .description =
               "Loss, perplexity and decoding by the workshop's examples; then a laptop model is "
               "trained "
               "on stories whose entropy is known, so that its loss can be compared with the best "
               "possible one. About two minutes on two cores.",
           .flags = {"out"},
           .run = RunTour},
          {.name = "train",
           .summary = "Pretrains a GPT on a text.",
           .description =
               "Cuts the text into windows, predicts each next token, and lowers the cross entropy "
               "with AdamW. "
               "The run's folder gets config.json, metrics.csv, loss.svg, loss.png, sample.txt and "
               "a checkpoint; "
               "Ctrl-C, or even a crash, loses at most the steps since the last one.\n\n"
               "The workshop's run:\n"
               "  bazel run //ch05_pretrain -- train --text=the-verdict.txt --model=gpt2-small \\\n"
               "      --context_length=256 --drop_rate=0.1 --batch_size=2 --num_epochs=10",
           .flags = With(TrainingFlags(), {"weights", "out", "resume", "checkpoint_minutes"}),
           .run = Train},
          GenerateCommand(),
          EvaluateCommand(),
          LogitsCommand(),
          {.name = "info",
           .summary = "Shows what a file with weights holds.",
           .description =
               "Format, configuration, parameters, types of numbers and a table of the tensors, of "
               "any file or folder that --weights takes. The tensors themselves are only read for "
               "--sums.\n\n"
               "  bazel run //ch05_pretrain -- info gpt2/model.safetensors",
           .arguments = "FILE",
           .flags = {"sums", "n_heads"},
           .run = Info},
          {.name = "convert",
           .summary = "Writes a model in another program's format.",
           .description =
               "Reads what --weights takes elsewhere and writes, by --format or the ending of "
               "--out:\n\n"
               "  out/          a folder for Hugging Face's transformers, with the tokenizer\n"
               "  m.safetensors its weights alone, with the tokenizer beside it\n"
               "  m.pth         for the workshop's load_state_dict, with config.json beside it\n"
               "  m.gguf        for llama.cpp, everything in one file\n\n"
               "--dtype is the type of the numbers in the new file: float32, float16, bfloat16; in "
               "GGUF files also q8_0 and q4_0, blocks of 32 numbers with a common scale. "
               "--tokenizer=none leaves the tokenizer out.\n\n"
               "  bazel run //ch05_pretrain -- convert --in=runs/pretrain-1 --out=mine.gguf "
               "--dtype=q8_0",
           .flags = {"in", "out", "format", "dtype", "tokenizer", "n_heads"},
           .run = ConvertModel},
          {.name = "search",
           .summary = "Tries out hyperparameters over a grid.",
           .description = "Trains a model for each combination of the values in --grid, every one "
                          "as `train` would "
                          "with the other flags, and ranks them by their best validation loss. "
                          "Interrupted, it goes on "
                          "where it stopped.",
           .flags = With(TrainingFlags(), {"grid", "out"}),
           .run = Search},
      }};
  return RunProgram(program, argc, argv);
}
