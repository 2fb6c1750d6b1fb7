// Chapter 6's program: finetuning a GPT to tell classes of texts apart.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "ch02_data/utf8.h"
#include "ch06_classify/classify_options.h"
#include "ch06_classify/classify_run.h"
#include "ch06_classify/experiments.h"
#include "ch06_classify/text_classifier.h"
#include "ch06_classify/tour.h"
#include "ch06_classify/train_command.h"
#include "workshop/command_line.h"
#include "workshop/file.h"
#include "workshop/json_file.h"
#include "workshop/run_folder.h"
#include "workshop/section.h"
#include "workshop/terminal.h"

ABSL_FLAG(
    std::string, weights, "",
    "The pretrained model: a run of chapter 5, or any weights that it takes. Without it: "
    "chapter 5's laptop model, which is trained once if it is not there. 'random': its sizes or "
    "those of --model, but random weights; 'random:PATH': those of the model there.");
ABSL_FLAG(std::string, tokenizer, "",
          "gpt2, or a tokenizer file; with --weights=random also bpe:SIZE, trained on the training "
          "texts. Without it: the one beside the weights; for --model GPT-2's.");
ABSL_FLAG(std::string, model, "",
          "With --weights=random: a model by name, as in chapter 5 (gpt2-small, ..., laptop).");
ABSL_FLAG(int64_t, emb_dim, 0, "With --weights=random: another width.");
ABSL_FLAG(
    int64_t, n_heads, 0,
    "With --weights=random: another number of heads. Also for weights without a configuration, "
    "which don't tell it.");
ABSL_FLAG(int64_t, n_layers, 0, "With --weights=random: another number of layers.");
ABSL_FLAG(int64_t, model_context_length, 0,
          "With --weights=random: another number of tokens that the model can take.");
ABSL_FLAG(bool, qkv_bias, false, "With --weights=random: queries, keys and values have biases.");
ABSL_FLAG(std::string, data, "",
          "Labelled texts: a TSV, CSV or JSON-lines file. Without it: the messages that ship with "
          "the project.");
ABSL_FLAG(std::string, format, "", "tsv, csv or jsonl; without it: by the file's name or content.");
ABSL_FLAG(
    std::string, quoting, "",
    "How quotes are read: 'strict' (RFC 4180), 'pandas', or 'none'. Without it: strict for "
    "CSV, pandas for TSV, as in the workshop, where a message that begins with a quote "
    "swallows what follows up to the next one: 5,572 messages of the SMS collection's 5,574.");
ABSL_FLAG(std::string, label_column, "",
          "Name of the column with the labels, or its number from 1 in a file without names. "
          "Without it: 1 for TSV, 'label' otherwise.");
ABSL_FLAG(std::string, text_column, "", "The same for the texts. Without it: 2 or 'text'.");
ABSL_FLAG(bool, balance, true, "As many texts of each class, drawn at random.");
ABSL_FLAG(double, train_fraction, 0.7, "Part of the texts to train on.");
ABSL_FLAG(double, val_fraction, 0.1, "Part of the texts to validate with; the rest is the test.");
ABSL_FLAG(std::string, trainable_layers, "all",
          "all, last_block (and the final normalisation), last_two_blocks, or last_layer: the head "
          "alone, which is trained in any case.");
ABSL_FLAG(std::string, trainable_token_pos, "flexible",
          "Which token the head reads: 'last' of the row, as in the workshop; 'flexible', the last "
          "before the padding; 'first'; or the 'mean' of all.");
ABSL_FLAG(int64_t, context_length, 0,
          "Tokens in a row; longer texts are cut off. 0: as many as the longest training text has, "
          "or as the model takes.");
ABSL_FLAG(bool, no_padding, true,
          "Rows only as long as the longest text of their batch; with --no_padding=false all are "
          "filled up to the same length, as in the workshop.");
ABSL_FLAG(int64_t, lora_rank, 0, "Rank of adapters that are trained instead of weights; 0: none.");
ABSL_FLAG(double, lora_alpha, 16, "The adapters' outputs are scaled by alpha / rank.");
ABSL_FLAG(std::string, lora_targets, "",
          "Layers that get an adapter, by the ends of their names, separated by commas: "
          "'W_query,W_value', 'ff.layers.0'. Without it: all.");
ABSL_FLAG(bool, lora_train_head, true,
          "With adapters: the new head is trained itself as well; false leaves it as random as it "
          "is below its adapter, as the workshop's appendix E does.");
ABSL_FLAG(bool, qlora, false, "Keeps the blocks' weights in 4 bits (NF4) below the adapters.");
ABSL_FLAG(int64_t, batch_size, 8, "Texts in a batch.");
ABSL_FLAG(int64_t, accumulation_steps, 1, "Batches whose mean gradient makes one step.");
ABSL_FLAG(int64_t, num_epochs, 6, "Passes over the training texts.");
ABSL_FLAG(double, learning_rate, 1e-3, "The (highest) learning rate.");
ABSL_FLAG(double, min_learning_rate, 0, "At the end of a cosine decay; negative: no decay.");
ABSL_FLAG(int64_t, warmup_steps, 20, "Steps from 0 to the learning rate.");
ABSL_FLAG(double, weight_decay, 0.1, "AdamW's weight decay.");
ABSL_FLAG(double, drop_rate, 0.1, "The model's dropout while it is finetuned.");
ABSL_FLAG(double, piece_rate, 0,
          "Part of the training texts of which only a random piece is shown each time, so that "
          "messages shorter than those in the data are judged by what they say, not by their "
          "length.");
ABSL_FLAG(int64_t, eval_freq, 50, "Steps between two evaluations; 0: none.");
ABSL_FLAG(int64_t, eval_iter, 5, "Batches of training and validation data in an evaluation.");
ABSL_FLAG(
    std::string, out, "",
    "Folder of the run, or of what the tour makes; without it: the next free one in runs/, of "
    "experiments runs/classify-experiments.");

ABSL_FLAG(std::string, classifier, "", "A run's folder, or its checkpoint or adapter.");
ABSL_FLAG(std::string, text, "", "A text to judge.");
ABSL_FLAG(std::string, file, "", "A file with a text on each line; '-' reads standard input.");

ABSL_FLAG(std::vector<std::string>, only, {},
          "Numbers of the experiments to do, separated by commas; without it: all.");
ABSL_FLAG(int64_t, seeds, 1, "Splits and heads to average over: seed, seed + 1, ...");

namespace gokart {
namespace {

const std::vector<std::string>& OptionFlags() {
  static const auto& names = *new std::vector<std::string>([] {
    std::vector<std::string> flags;
    ClassifyOptions options;
    VisitClassifyFields(options, [&](const std::string& name, const auto&) {
      if (name != "seed") flags.push_back(name);
    });
    return flags;
  }());
  return names;
}

std::vector<std::string> With(std::vector<std::string> flags,
                              const std::vector<std::string>& more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

ClassifyOptions OptionsFromFlags() {
  ClassifyOptions o;
  VisitClassifyFields(o, [](const std::string& name, auto& field) {
    using T = std::decay_t<decltype(field)>;
    absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
    if (const auto value = flag->TryGet<T>()) field = *value;
  });
  return o;
}

absl::Status Train(const std::vector<std::string>&) {
  ClassifyOptions options = OptionsFromFlags();
  if (!options.data.empty()) {  // config.json is read from other folders, too
    options.data = std::filesystem::absolute(options.data).lexically_normal().string();
  }
  absl::StatusOr<std::unique_ptr<ClassifyRun>> run = ClassifyRun::Prepare(options);
  if (!run.ok()) return run.status();
  absl::StatusOr<RunFolder> folder =
      RunFolder::CreateChosen(absl::GetFlag(FLAGS_out), "classify", ClassifyOptionsToJson(options));
  if (!folder.ok()) return folder.status();
  absl::StatusOr<ClassifyOutcome> outcome = TrainClassifierAndReport(**run, folder->path());
  if (!outcome.ok()) return outcome.status();
  std::printf("\n");
  PrintScores(outcome->scores);
  std::printf("\nTry         bazel run //ch06_classify -- classify --classifier=%s\n",
              folder->path().c_str());
  if (outcome->interrupted) {
    return absl::CancelledError(
        absl::StrCat("stopped early; the classifier as it was then is in ", folder->path()));
  }
  return absl::OkStatus();
}

absl::StatusOr<TextClassifier> ClassifierFromFlags() {
  const std::string path = absl::GetFlag(FLAGS_classifier);
  if (path.empty()) {
    return absl::InvalidArgumentError(
        "--classifier is missing: the folder that `ch06_classify train` made");
  }
  return LoadClassifier(path, absl::GetFlag(FLAGS_weights));
}

// The texts in --data, or the test part of those that the run was made with.
absl::StatusOr<std::vector<LabelledText>> TextsToEvaluate(std::string& source) {
  ClassifyOptions options = OptionsFromFlags();
  source = options.data;
  if (!source.empty()) {
    return ReadLabelledTexts(source, {.format = options.format,
                                      .quoting = options.quoting,
                                      .label_column = options.label_column,
                                      .text_column = options.text_column});
  }
  const std::string path = absl::GetFlag(FLAGS_classifier) + "/config.json";
  absl::StatusOr<nlohmann::json> json = ReadJsonFile(path);
  if (!json.ok()) {
    return absl::Status(json.status().code(),
                        absl::StrCat("--data is missing, and the run cannot be asked for its own "
                                     "test texts: ",
                                     std::string(json.status().message())));
  }
  absl::StatusOr<ClassifyOptions> run = ClassifyOptionsFromJson(*json, path);
  if (!run.ok()) return run.status();
  absl::StatusOr<TextSplit> split = ReadAndSplitTexts(*run);
  if (!split.ok()) return split.status();
  source = absl::StrCat(SourceOfTexts(*run), " (the run's test part)");
  return split->test;
}

absl::Status Evaluate(const std::vector<std::string>&) {
  const absl::StatusOr<TextClassifier> classifier = ClassifierFromFlags();
  if (!classifier.ok()) return classifier.status();
  std::string source;
  const absl::StatusOr<std::vector<LabelledText>> labelled = TextsToEvaluate(source);
  if (!labelled.ok()) return labelled.status();
  const absl::StatusOr<std::vector<int32_t>> actual =
      ClassNumbers(*labelled, classifier->classes, source);
  if (!actual.ok()) return actual.status();
  std::vector<std::string> texts;
  for (const LabelledText& t : *labelled) texts.push_back(t.text);
  const absl::StatusOr<std::vector<Classification>> found = Classify(*classifier, texts);
  if (!found.ok()) return found.status();
  ConfusionMatrix confusion(classifier->classes);
  for (size_t i = 0; i < found->size(); ++i) confusion.Add((*actual)[i], (*found)[i].best);
  std::printf("%s: %d texts, accuracy %.2f%%\n\n", source.c_str(),
              static_cast<int>(confusion.total()), 100 * confusion.Accuracy());
  PrintBlock(confusion.CountsTable());
  std::printf("\n");
  PrintBlock(confusion.ScoresTable());
  return absl::OkStatus();
}

void PrintClassification(const TextClassifier& classifier, const std::string& text,
                         const Classification& found) {
  std::printf("%-8s %5.1f%%  %s%s\n", classifier.classes[found.best].c_str(),
              100 * found.probabilities[found.best], text.c_str(),
              found.cut ? "   (only its beginning was read)" : "");
  std::fflush(stdout);
}

absl::Status ClassifyAndPrint(const TextClassifier& classifier,
                              const std::vector<std::string>& texts) {
  const absl::StatusOr<std::vector<Classification>> found = Classify(classifier, texts);
  if (!found.ok()) return found.status();
  for (size_t i = 0; i < texts.size(); ++i) PrintClassification(classifier, texts[i], (*found)[i]);
  return absl::OkStatus();
}

absl::Status ClassifyFile(const TextClassifier& classifier, const std::string& path) {
  const absl::StatusOr<std::string> content = ReadFile(path);
  if (!content.ok()) return content.status();
  if (const std::optional<size_t> invalid = FindInvalidUtf8(*content)) {
    const int64_t line = 1 + std::count(content->begin(), content->begin() + *invalid, '\n');
    return absl::InvalidArgumentError(absl::StrCat(path, ": line ", line, ": not UTF-8"));
  }
  std::vector<std::string> texts;
  for (absl::string_view line : absl::StrSplit(*content, '\n')) {
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (!text.empty()) texts.emplace_back(text);
  }
  if (texts.empty()) return absl::InvalidArgumentError(absl::StrCat(path, ": has no texts"));
  return ClassifyAndPrint(classifier, texts);
}

absl::Status ClassifyInteractively(const TextClassifier& classifier) {
  const bool terminal = IsTerminal(STDIN_FILENO);
  if (terminal) std::printf("Type a message; an empty line or Ctrl-D ends.\n");
  for (std::string line;;) {
    if (terminal) std::printf("> "), std::fflush(stdout);
    if (!std::getline(std::cin, line)) break;
    const std::string text(absl::StripAsciiWhitespace(line));
    if (text.empty() && terminal) break;
    if (text.empty()) continue;
    if (absl::Status s = ClassifyAndPrint(classifier, {text}); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status ClassifyTexts(const std::vector<std::string>&) {
  const absl::StatusOr<TextClassifier> classifier = ClassifierFromFlags();
  if (!classifier.ok()) return classifier.status();
  const std::string file = absl::GetFlag(FLAGS_file);
  if (FlagWasGiven("text") && !file.empty()) {
    return absl::InvalidArgumentError("--text and --file: give one of them");
  }
  if (FlagWasGiven("text")) return ClassifyAndPrint(*classifier, {absl::GetFlag(FLAGS_text)});
  if (!file.empty()) return ClassifyFile(*classifier, file);
  return ClassifyInteractively(*classifier);
}

absl::Status RunExperimentsCommand(const std::vector<std::string>&) {
  if (absl::Status s =
          CheckFlagAtLeast("seeds", static_cast<double>(absl::GetFlag(FLAGS_seeds)), 1);
      !s.ok()) {
    return s;
  }
  const std::string out = absl::GetFlag(FLAGS_out);
  return RunExperiments(OptionsFromFlags(), absl::GetFlag(FLAGS_only), absl::GetFlag(FLAGS_seeds),
                        out.empty() ? "runs/classify-experiments" : out);
}

absl::Status RunTour(const std::vector<std::string>&) {
  const nlohmann::json config = {{"command", "tour"}, {"seed", absl::GetFlag(FLAGS_seed)}};
  const absl::StatusOr<RunFolder> folder =
      RunFolder::CreateChosen(absl::GetFlag(FLAGS_out), "ch06-tour", config);
  if (!folder.ok()) return folder.status();
  return ClassifyTour({.folder = folder->path(), .seed = absl::GetFlag(FLAGS_seed)},
                      absl::GetFlag(FLAGS_weights));
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) {
  using namespace gokart;
  const Program program = {
      .name = "ch06_classify",
      .summary = "Chapter 6: finetuning for classification.",
      .commands = {
          {.name = "tour",
           .summary = "The chapter, computed live: a story writer becomes a spam filter.",
           .description =
               "Messages to balanced parts, parts to rows of tokens, a head on the last token, "
               "finetuning, scores beside those of a bag of words, and the same with low-rank "
               "adapters. Under a minute on two cores; the first time three minutes more, in which "
               "the model is pretrained.",
           .flags = {"weights", "out"},
           .run = RunTour},
          {.name = "train",
           .summary = "Finetunes a pretrained model on labelled texts.",
           .description =
               "Balances and splits the texts, gives the model a head with one output per class, "
               "and lowers the cross entropy with AdamW. The folder gets config.json, metrics.csv, "
               "loss and accuracy as pictures, scores.json and the classifier; Ctrl-C stops early "
               "and keeps it as it is then.\n\n"
               "The workshop's run:\n"
               "  bazel run //ch06_classify -- train --data=SMSSpamCollection --weights=gpt2/124M "
               "\\\n"
               "      --trainable_layers=last_block --trainable_token_pos=last --no_padding=false "
               "\\\n"
               "      --num_epochs=5 --learning_rate=5e-5 --min_learning_rate=-1 --warmup_steps=0 "
               "\\\n"
               "      --drop_rate=0",
           .flags = With(OptionFlags(), {"out"}),
           .run = Train},
          {.name = "evaluate",
           .summary = "Scores of a classifier: confusion matrix, precision, recall, F1.",
           .description = "On the texts in --data or, without it, on the test part of the texts "
                          "that the classifier was trained with.",
           .flags = {"classifier", "weights", "data", "format", "quoting", "label_column",
                     "text_column"},
           .run = Evaluate},
          {.name = "classify",
           .summary = "Judges texts.",
           .description = "The text in --text, each line of --file, or each line that is typed.",
           .flags = {"classifier", "weights", "text", "file"},
           .run = ClassifyTexts},
          {.name = "experiments",
           .summary = "The workshop's additional experiments, as one table.",
           .description =
               "One finetuning after the other, each with one thing changed: the token that is "
               "read, the layers that are trained, padding, context length, adapters, random "
               "weights and other sizes. Everything else is as the flags of `train` say. "
               "Interrupted, it goes on where it stopped; experiments.csv in --out has a row for "
               "each.\n\n"
               "Mean and spread of the default setting over five splits, beside a bag of words:\n"
               "  bazel run //ch06_classify -- experiments --only=1 --seeds=5 "
               "--data=SMSSpamCollection",
           .flags = With(OptionFlags(), {"only", "seeds", "out"}),
           .run = RunExperimentsCommand},
      }};
  return RunProgram(program, argc, argv);
}
