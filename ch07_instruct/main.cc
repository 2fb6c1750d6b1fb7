// Chapter 7's program: finetuning on instructions, and what can be done with a model that follows
// them.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch07_instruct/answer_scores.h"
#include "ch07_instruct/augment.h"
#include "ch07_instruct/chat_command.h"
#include "ch07_instruct/dpo_run.h"
#include "ch07_instruct/finetune_command.h"
#include "ch07_instruct/finetune_run.h"
#include "ch07_instruct/instruct_adapter.h"
#include "ch07_instruct/judge.h"
#include "ch07_instruct/near_duplicates.h"
#include "ch07_instruct/score_report.h"
#include "ch07_instruct/serve_command.h"
#include "ch07_instruct/shipped_instructions.h"
#include "ch07_instruct/story_preferences.h"
#include "ch07_instruct/story_tasks.h"
#include "ch07_instruct/tour.h"
#include "workshop/command_line.h"
#include "workshop/interrupt.h"
#include "workshop/progress.h"
#include "workshop/run_folder.h"
#include "workshop/text_plot.h"

ABSL_FLAG(std::string, weights, "",
          "The model: a run's folder, a publisher's folder, or a weight file. For `train` a "
          "pretrained one (without it: chapter 5's laptop model, made the first time and kept); "
          "for all others one that `train` made.");
ABSL_FLAG(std::string, tokenizer, "",
          "gpt2, or a tokenizer file. Without it: the one beside the weights, or else GPT-2's.");
ABSL_FLAG(int64_t, n_heads, 0,
          "Number of attention heads of weights without a configuration, which don't tell it.");
ABSL_FLAG(std::string, data, "",
          "A JSON file of entries {instruction, input, output}, for `dpo` with {chosen, rejected}. "
          "Without it: tasks about the story world.");
ABSL_FLAG(std::string, template, "",
          "How a request becomes a prompt: alpaca, phi3, or short. Without it: alpaca for --data, "
          "short for story tasks and the laptop model; of a finetuned model, the one that it was "
          "trained with.");
ABSL_FLAG(int64_t, story_entries, 60000,
          "Without --data: entries to make and train on; 0: the 1,700 of the shipped set.");
ABSL_FLAG(bool, mask_instructions, false,
          "Leave requests out of the loss, so that only answers are learnt (exercise 7.2). On for "
          "story tasks.");
ABSL_FLAG(int64_t, lora_rank, 0,
          "Rank of the low-rank adapters that are trained instead of the weights (exercise 7.4: "
          "16); 0: all weights are trained.");
ABSL_FLAG(double, lora_alpha, 16, "The adapters' part counts alpha / rank times.");
ABSL_FLAG(bool, save_merged, true,
          "With --lora_rank: the whole model is saved, too, with its adapters merged into it; "
          "otherwise the adapters alone, for --adapter.");
ABSL_FLAG(
    std::string, adapter, "",
    "Adapters that `train` or `dpo` saved: the run's folder, or its adapter folder. --weights "
    "is then the model that they were trained on; without it, it is looked for where it was.");
ABSL_FLAG(int64_t, batch_size, 0, "Entries in a batch; 0: 8, for story tasks 16.");
ABSL_FLAG(int64_t, group_window, -1,
          "Batches within which entries are sorted by length, so that rows need little filling; 0: "
          "never, as in the workshop; negative: 0, for story tasks 8.");
ABSL_FLAG(int64_t, allowed_max_length, 1024,
          "Longer texts are cut off at so many tokens, or at the model's context.");
ABSL_FLAG(int64_t, num_epochs, 0, "Passes over the entries; 0: 2, for story tasks and `dpo` 1.");
ABSL_FLAG(double, learning_rate, 0,
          "The (highest) learning rate; 0: 5e-5, for story tasks 3e-3; for `dpo` 5e-6, for story "
          "tasks 5e-4.");
ABSL_FLAG(double, min_learning_rate, -1,
          "Learning rate at the end of a cosine decay; negative: no decay, for story tasks 0.");
ABSL_FLAG(int64_t, warmup_steps, -1,
          "Steps from 0 to the highest learning rate; negative: 0, for story tasks 50.");
ABSL_FLAG(double, weight_decay, -1, "AdamW's weight decay; negative: 0.1, for `dpo` 0.01.");
ABSL_FLAG(double, max_grad_norm, -1,
          "Longer gradients are shortened to this norm; 0: never; negative: 0, for story tasks 1.");
ABSL_FLAG(int64_t, eval_freq, 0,
          "Steps between two evaluations; 0: 5, for story tasks 250, for `dpo` with them 50.");
ABSL_FLAG(int64_t, eval_iter, 5, "Batches of each part in an evaluation.");
ABSL_FLAG(std::string, out, "",
          "Where the results go: a folder for runs and the tour (without it: the next free one "
          "under runs/), a file for JSON.");

ABSL_FLAG(std::string, instruction, "", "What the model is asked to do.");
ABSL_FLAG(std::string, input, "", "What the instruction is about; '-' reads standard input.");
ABSL_FLAG(int64_t, max_new_tokens, 256, "Tokens of an answer at most.");
ABSL_FLAG(double, temperature, 0,
          "0: always the likeliest token; 1: as likely as the model says; above: more "
          "adventurous.");
ABSL_FLAG(int64_t, history, -1,
          "Earlier questions and answers that the model is shown with a new one; negative: as many "
          "as fit, for template short none.");
ABSL_FLAG(std::string, classifier, "",
          "A classifier for the page's second tab: what `ch06_classify -- train` made.");
ABSL_FLAG(int, port, 8000, "Where the page is served on this machine; 0: any that is free.");
ABSL_FLAG(std::string, before, "",
          "A model to compare with: the pretrained one, in columns of the same table.");

ABSL_FLAG(
    double, beta, 0,
    "How far tuning may lead away from the reference: less is farther; 0: 0.1, for story tasks "
    "0.3.");
ABSL_FLAG(
    double, nll_weight, -1,
    "How much the loss also wants chosen answers to be likely in themselves; negative: 0, the "
    "workshop's loss, for story tasks 1.");
ABSL_FLAG(int64_t, story_pairs, 3400,
          "Without --data: pairs of answers to make and train on; 0: the 850 of the shipped set.");

ABSL_FLAG(std::string, ollama_url, "http://localhost:11434", "Where Ollama listens.");
ABSL_FLAG(std::string, ollama_model, "llama3", "The model to ask, as `ollama list` names it.");
ABSL_FLAG(double, ollama_seconds, 120, "For one whole answer.");
ABSL_FLAG(int, ollama_tries, 3, "Of each question, when the connection or the answer fails.");
ABSL_FLAG(std::string, key, "model_response", "The entries' field with the responses to judge.");

ABSL_FLAG(double, threshold, 0.9, "Pairs of texts that are more similar than this are listed.");
ABSL_FLAG(int64_t, count, 0, "Entries to make; 0: 2,000, of preferences 1,000.");
ABSL_FLAG(bool, preferences, false,
          "Makes preferences: tasks with a better answer and a worse one, for `dpo`.");

namespace gokart {
namespace {

template <typename T>
void SetIfGiven(const char* flag, const absl::Flag<T>& value, T& field) {
  if (FlagWasGiven(flag)) field = absl::GetFlag(value);
}

absl::Status NeedFlag(const char* flag, const std::string& value, const char* what) {
  if (!value.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--", flag, " is missing: ", what));
}

absl::Status NeedModel() {
  if (!absl::GetFlag(FLAGS_adapter).empty()) return absl::OkStatus();
  return NeedFlag("weights", absl::GetFlag(FLAGS_weights), "a finetuned model");
}

absl::Status CheckAnswerFlags() {
  return FirstError(
      {NeedModel(), CheckFlagAtLeast("temperature", absl::GetFlag(FLAGS_temperature), 0),
       CheckFlagAtLeast("max_new_tokens", static_cast<double>(absl::GetFlag(FLAGS_max_new_tokens)),
                        1)});
}

// The name of the model that --weights and --adapter mean.
std::string ModelName() {
  const std::string adapter = absl::GetFlag(FLAGS_adapter);
  const std::filesystem::path path(adapter.empty() ? absl::GetFlag(FLAGS_weights) : adapter);
  return std::filesystem::absolute(path / ".").lexically_normal().parent_path().filename();
}

absl::StatusOr<InstructModel> LoadModel() {
  absl::StatusOr<InstructModel> model =
      LoadChosenModel({.weights = absl::GetFlag(FLAGS_weights),
                       .adapter = absl::GetFlag(FLAGS_adapter),
                       .prompt_template = absl::GetFlag(FLAGS_template),
                       .tokenizer = absl::GetFlag(FLAGS_tokenizer),
                       .n_heads = absl::GetFlag(FLAGS_n_heads)});
  if (!model.ok()) return model.status();
  for (const std::string& note : model->trained.notes) {
    std::fprintf(stderr, "%s\n", note.c_str());
  }
  return model;
}

absl::Status RunTour(const std::vector<std::string>&) {
  const nlohmann::json config = {{"command", "tour"}, {"seed", absl::GetFlag(FLAGS_seed)}};
  const absl::StatusOr<RunFolder> folder =
      RunFolder::CreateChosen(absl::GetFlag(FLAGS_out), "ch07-tour", config);
  if (!folder.ok()) return folder.status();
  return InstructTour({.folder = folder->path(), .seed = absl::GetFlag(FLAGS_seed)},
                      absl::GetFlag(FLAGS_weights));
}

FinetuneOptions OptionsFromFlags() {
  const std::string data = absl::GetFlag(FLAGS_data);
  FinetuneOptions o = data.empty() ? StoryFinetuneOptions() : FileFinetuneOptions();
  o.data = data;
  o.weights = absl::GetFlag(FLAGS_weights);
  if (o.weights.empty()) o.prompt_template = "short";  // the default model's vocabulary wants it
  o.seed = absl::GetFlag(FLAGS_seed);
  o.tokenizer = absl::GetFlag(FLAGS_tokenizer);
  o.n_heads = absl::GetFlag(FLAGS_n_heads);
  SetIfGiven("template", FLAGS_template, o.prompt_template);
  SetIfGiven("story_entries", FLAGS_story_entries, o.story_entries);
  SetIfGiven("mask_instructions", FLAGS_mask_instructions, o.mask_instructions);
  SetIfGiven("lora_rank", FLAGS_lora_rank, o.lora_rank);
  SetIfGiven("lora_alpha", FLAGS_lora_alpha, o.lora_alpha);
  SetIfGiven("save_merged", FLAGS_save_merged, o.save_merged);
  SetIfGiven("batch_size", FLAGS_batch_size, o.batch_size);
  SetIfGiven("group_window", FLAGS_group_window, o.group_window);
  SetIfGiven("allowed_max_length", FLAGS_allowed_max_length, o.allowed_max_length);
  SetIfGiven("num_epochs", FLAGS_num_epochs, o.num_epochs);
  SetIfGiven("learning_rate", FLAGS_learning_rate, o.learning_rate);
  SetIfGiven("min_learning_rate", FLAGS_min_learning_rate, o.min_learning_rate);
  SetIfGiven("warmup_steps", FLAGS_warmup_steps, o.warmup_steps);
  SetIfGiven("weight_decay", FLAGS_weight_decay, o.weight_decay);
  SetIfGiven("max_grad_norm", FLAGS_max_grad_norm, o.max_grad_norm);
  SetIfGiven("eval_freq", FLAGS_eval_freq, o.eval_freq);
  SetIfGiven("eval_iter", FLAGS_eval_iter, o.eval_iter);
  return o;
}

absl::Status Train(const std::vector<std::string>&) {
  absl::StatusOr<std::unique_ptr<FinetuneRun>> run =
      FinetuneRun::Start(OptionsFromFlags(), absl::GetFlag(FLAGS_out));
  if (!run.ok()) return run.status();
  if (absl::Status s = FinetuneAndReport(**run); !s.ok()) return s;
  std::printf("Try         bazel run //ch07_instruct -- test --%s=%s\n",
              (*run)->saves_checkpoint() ? "weights" : "adapter", (*run)->folder().c_str());
  return absl::OkStatus();
}

absl::Status RespondOnce(const std::vector<std::string>&) {
  if (absl::Status s =
          FirstError({CheckAnswerFlags(), NeedFlag("instruction", absl::GetFlag(FLAGS_instruction),
                                                   "what the model is to do")});
      !s.ok()) {
    return s;
  }
  const absl::StatusOr<InstructModel> model = LoadModel();
  if (!model.ok()) return model.status();
  std::string input = absl::GetFlag(FLAGS_input);
  if (input == "-") input.assign(std::istreambuf_iterator<char>(std::cin), {});
  const absl::StatusOr<std::string> answer =
      Respond(*model, absl::GetFlag(FLAGS_instruction), input,
              {.max_new_tokens = absl::GetFlag(FLAGS_max_new_tokens),
               .sampling = {.temperature = absl::GetFlag(FLAGS_temperature)},
               .seed = absl::GetFlag(FLAGS_seed)});
  if (!answer.ok()) return answer.status();
  std::printf("%s\n", answer->c_str());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<InstructionEntry>> TestEntries() {
  const std::string data = absl::GetFlag(FLAGS_data);
  if (data.empty()) return SplitInstructions(ShippedInstructions()).test;
  absl::StatusOr<std::vector<InstructionEntry>> entries = ReadInstructions(data);
  if (!entries.ok()) return entries.status();
  std::vector<InstructionEntry> test = SplitInstructions(*entries).test;
  if (test.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(data, ": ", entries->size(), " entries are too few for a test part of 10%"));
  }
  return test;
}

absl::StatusOr<ScoredAnswers> AnswerWithProgress(const InstructModel& model, const char* title,
                                                 const std::vector<InstructionEntry>& entries) {
  Progress progress(title, static_cast<int64_t>(entries.size()), {.unit = "answers"});
  absl::StatusOr<ScoredAnswers> scored =
      AnswerAndScore(model, entries,
                     {.max_new_tokens = absl::GetFlag(FLAGS_max_new_tokens),
                      .sampling = {.temperature = absl::GetFlag(FLAGS_temperature)},
                      .seed = absl::GetFlag(FLAGS_seed)},
                     [&](int64_t done) { progress.Update(done); });
  scored.ok() ? progress.Finish() : progress.Abandon();
  return scored;
}

// Before an hour of answers: whether there is a folder for the file.
absl::Status CheckCanWrite(const std::string& path) {
  const std::string folder = std::filesystem::absolute(path).parent_path().string();
  if (access(folder.c_str(), W_OK) == 0 && !std::filesystem::is_directory(path)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("--out=", path, ": cannot be written"));
}

absl::Status Test(const std::vector<std::string>&) {
  if (absl::Status s = CheckAnswerFlags(); !s.ok()) return s;
  const std::string out = absl::GetFlag(FLAGS_out).empty() ? "instruction-data-with-response.json"
                                                           : absl::GetFlag(FLAGS_out);
  if (absl::Status s = CheckCanWrite(out); !s.ok()) return s;
  absl::StatusOr<std::vector<InstructionEntry>> entries = TestEntries();
  if (!entries.ok()) return entries.status();
  const absl::StatusOr<InstructModel> model = LoadModel();
  if (!model.ok()) return model.status();
  const absl::StatusOr<ScoredAnswers> scored = AnswerWithProgress(*model, "answers", *entries);
  if (!scored.ok()) return scored.status();
  absl::StatusOr<ScoredAnswers> before = ScoredAnswers();
  const std::string other = absl::GetFlag(FLAGS_before);
  if (!other.empty()) {
    const absl::StatusOr<InstructModel> base =
        LoadInstructModel(other, model->prompt_template->name);
    if (!base.ok()) return base.status();
    before = AnswerWithProgress(*base, "before", *entries);
    if (!before.ok()) return before.status();
  }
  for (size_t i = 0; i < entries->size(); ++i) {
    (*entries)[i].extra["model_response"] = scored->answers[i];
  }
  std::printf("%s", ScoreTableToPrint(scored->scores, other.empty() ? nullptr : &before->scores)
                        .ToText()
                        .c_str());
  std::fflush(stdout);
  if (absl::Status s = WriteInstructions(out, *entries); !s.ok()) return s;
  std::printf("Responses   %s\n", out.c_str());
  return absl::OkStatus();
}

absl::Status Chat(const std::vector<std::string>&) {
  if (absl::Status s = CheckAnswerFlags(); !s.ok()) return s;
  const absl::StatusOr<InstructModel> model = LoadModel();
  if (!model.ok()) return model.status();
  ModelChat chat(*model, {.max_turns = absl::GetFlag(FLAGS_history), .name = ModelName()});
  LineReader reader;
  return ChatInTerminal(chat,
                        {.temperature = absl::GetFlag(FLAGS_temperature),
                         .max_new_tokens = absl::GetFlag(FLAGS_max_new_tokens),
                         .seed = absl::GetFlag(FLAGS_seed)},
                        reader);
}

absl::Status ServeChatPage(const std::vector<std::string>&) {
  if (absl::Status s = FirstError(
          {NeedModel(),
           CheckFlagBetween("port", static_cast<double>(absl::GetFlag(FLAGS_port)), 0, 65535)});
      !s.ok()) {
    return s;
  }
  const absl::StatusOr<InstructModel> model = LoadModel();
  if (!model.ok()) return model.status();
  std::optional<TextClassifier> classifier;
  if (const std::string path = absl::GetFlag(FLAGS_classifier); !path.empty()) {
    absl::StatusOr<TextClassifier> loaded = LoadClassifier(path);
    if (!loaded.ok()) return loaded.status();
    classifier = *std::move(loaded);
  }
  ModelChat chat(*model, {.max_turns = absl::GetFlag(FLAGS_history), .name = ModelName()});
  return Serve(chat, std::move(classifier), {.port = absl::GetFlag(FLAGS_port)});
}

absl::Status Dpo(const std::vector<std::string>&) {
  const std::string data = absl::GetFlag(FLAGS_data);
  DpoOptions o = data.empty() ? StoryDpoOptions() : DpoOptions();
  o.weights = absl::GetFlag(FLAGS_weights);
  if (absl::Status s = NeedFlag("weights", o.weights, "a finetuned model"); !s.ok()) return s;
  o.data = data;
  o.seed = absl::GetFlag(FLAGS_seed);
  o.tokenizer = absl::GetFlag(FLAGS_tokenizer);
  o.n_heads = absl::GetFlag(FLAGS_n_heads);
  SetIfGiven("story_pairs", FLAGS_story_pairs, o.story_pairs);
  SetIfGiven("template", FLAGS_template, o.prompt_template);
  SetIfGiven("beta", FLAGS_beta, o.beta);
  SetIfGiven("nll_weight", FLAGS_nll_weight, o.nll_weight);
  SetIfGiven("lora_rank", FLAGS_lora_rank, o.lora_rank);
  SetIfGiven("lora_alpha", FLAGS_lora_alpha, o.lora_alpha);
  SetIfGiven("save_merged", FLAGS_save_merged, o.save_merged);
  SetIfGiven("batch_size", FLAGS_batch_size, o.batch_size);
  SetIfGiven("allowed_max_length", FLAGS_allowed_max_length, o.allowed_max_length);
  SetIfGiven("num_epochs", FLAGS_num_epochs, o.num_epochs);
  SetIfGiven("learning_rate", FLAGS_learning_rate, o.learning_rate);
  SetIfGiven("weight_decay", FLAGS_weight_decay, o.weight_decay);
  SetIfGiven("eval_freq", FLAGS_eval_freq, o.eval_freq);
  SetIfGiven("eval_iter", FLAGS_eval_iter, o.eval_iter);
  absl::StatusOr<std::unique_ptr<DpoRun>> run = DpoRun::Start(o, absl::GetFlag(FLAGS_out));
  if (!run.ok()) return run.status();
  return DpoAndReport(**run);
}

absl::StatusOr<OllamaClient> ClientFromFlags(const InterruptGuard& interrupt) {
  const double seconds = absl::GetFlag(FLAGS_ollama_seconds);
  const int tries = absl::GetFlag(FLAGS_ollama_tries);
  if (absl::Status s = FirstError({CheckFlagAbove("ollama_seconds", seconds, 0),
                                   CheckFlagAtLeast("ollama_tries", tries, 1)});
      !s.ok()) {
    return s;
  }
  return OllamaClient({.url = absl::GetFlag(FLAGS_ollama_url),
                       .model = absl::GetFlag(FLAGS_ollama_model),
                       .seed = static_cast<int64_t>(absl::GetFlag(FLAGS_seed)),
                       .answer_seconds = seconds,
                       .tries = tries,
                       .should_stop = [&] { return interrupt.Requested(); }});
}

absl::Status Judge(const std::vector<std::string>&) {
  const std::string data = absl::GetFlag(FLAGS_data).empty() ? "instruction-data-with-response.json"
                                                             : absl::GetFlag(FLAGS_data);
  const std::string key = absl::GetFlag(FLAGS_key);
  const absl::StatusOr<std::vector<InstructionEntry>> entries = ReadInstructions(data);
  if (!entries.ok()) return entries.status();
  for (size_t i = 0; i < entries->size(); ++i) {
    const auto field = (*entries)[i].extra.find(key);
    if (field == (*entries)[i].extra.end() || !field->is_string()) {
      return absl::InvalidArgumentError(
          absl::StrCat(data, ": entry ", i, " has no text \"", key, "\" (see --key)"));
    }
  }
  const InterruptGuard interrupt;
  const absl::StatusOr<OllamaClient> client = ClientFromFlags(interrupt);
  if (!client.ok()) return client.status();
  Progress progress("judging", static_cast<int64_t>(entries->size()), {.unit = "answers"});
  const absl::StatusOr<JudgeReport> report =
      JudgeAnswers(*entries, key, *client, [&](int64_t done, const Verdict& verdict) {
        if (!verdict.score) {
          progress.Message(absl::StrCat("entry ", done - 1, ": no score: ", verdict.problem));
        }
        progress.Update(done);
      });
  if (!report.ok()) {
    progress.Abandon();
    return report.status();
  }
  progress.Finish();
  std::printf("%s\n", TextPlot(report->Histogram(), OptionsForStdout()).c_str());
  std::printf("Scored %s; mean %.2f\n",
              FormatShare(report->NumScored(), static_cast<int64_t>(entries->size())).c_str(),
              report->Mean());
  return absl::OkStatus();
}

absl::Status Augment(const std::vector<std::string>&) {
  const std::string data = absl::GetFlag(FLAGS_data), out = absl::GetFlag(FLAGS_out);
  if (absl::Status s = FirstError({NeedFlag("data", data, "a JSON file of entries"),
                                   NeedFlag("out", out, "the JSON file to write")});
      !s.ok()) {
    return s;
  }
  // A file that an interrupted run left is where the next one goes on.
  const std::string from = std::filesystem::exists(out) ? out : data;
  absl::StatusOr<std::vector<InstructionEntry>> entries = ReadInstructions(from);
  if (!entries.ok()) return entries.status();
  const InterruptGuard interrupt;
  const absl::StatusOr<OllamaClient> client = ClientFromFlags(interrupt);
  if (!client.ok()) return client.status();
  Progress progress("passive voice", static_cast<int64_t>(entries->size()), {.unit = "entries"});
  const absl::Status status = AddPassiveVoice(
      *entries, *client, [&] { return WriteInstructions(out, *entries); },
      [&](int64_t done) { progress.Update(done); });
  status.ok() ? progress.Finish() : progress.Abandon();
  if (status.ok()) std::printf("Entries     %s\n", out.c_str());
  return status;
}

void PrintNearDuplicates(const std::string& field, const std::vector<std::string>& texts) {
  constexpr size_t kShown = 20;
  const std::vector<NearDuplicate> found =
      FindNearDuplicates(texts, absl::GetFlag(FLAGS_threshold));
  std::printf("Searching '%s': %s\n", field.c_str(),
              found.empty() ? "no duplicates" : absl::StrCat(found.size(), " pairs").c_str());
  for (size_t i = 0; i < std::min(found.size(), kShown); ++i) {
    const NearDuplicate& d = found[i];
    std::printf("  %.4f  %d: %s\n          %d: %s\n", d.similarity, static_cast<int>(d.a),
                texts[d.a].c_str(), static_cast<int>(d.b), texts[d.b].c_str());
  }
  if (found.size() > kShown) {
    std::printf("  and %d more\n", static_cast<int>(found.size() - kShown));
  }
}

absl::Status NearDuplicates(const std::vector<std::string>&) {
  const std::string data = absl::GetFlag(FLAGS_data);
  if (absl::Status s = CheckFlagBetween("threshold", absl::GetFlag(FLAGS_threshold), 0, 1); !s.ok())
    return s;
  absl::StatusOr<std::vector<InstructionEntry>> entries = ShippedInstructions();
  if (!data.empty()) entries = ReadInstructions(data);
  if (!entries.ok()) return entries.status();
  using TextOf = std::string (*)(const InstructionEntry&);
  const std::pair<const char*, TextOf> fields[] = {
      {"instruction", [](const InstructionEntry& e) { return e.instruction; }},
      {"input", [](const InstructionEntry& e) { return e.input; }},
      {"output", [](const InstructionEntry& e) { return e.output; }},
      {"instruction and input",
       [](const InstructionEntry& e) { return e.instruction + "\n" + e.input; }}};
  for (const auto& [name, text_of] : fields) {
    std::vector<std::string> texts;
    for (const InstructionEntry& entry : *entries) texts.push_back(text_of(entry));
    PrintNearDuplicates(name, texts);
  }
  return absl::OkStatus();
}

absl::Status MakeData(const std::vector<std::string>&) {
  const bool preferences = absl::GetFlag(FLAGS_preferences);
  int64_t count = absl::GetFlag(FLAGS_count);
  if (!FlagWasGiven("count")) count = preferences ? 1000 : 2000;
  const std::string out = absl::GetFlag(FLAGS_out);
  if (absl::Status s = FirstError({CheckFlagBetween("count", static_cast<double>(count), 20, 1e6),
                                   NeedFlag("out", out, "the JSON file to write")});
      !s.ok()) {
    return s;
  }
  const auto make = preferences ? StoryPreferenceSet : StoryInstructions;
  return WriteInstructions(out, make(absl::GetFlag(FLAGS_seed), static_cast<size_t>(count)));
}

std::vector<Command> TrainingCommands() {
  return {
      {.name = "tour",
       .summary = "The chapter, computed live: a model learns to do what it is told.",
       .description =
           "Prompts and batches by the workshop's examples; then chapter 5's model is finetuned on "
           "tasks about the story world, asked what it has never been asked, and scored, task by "
           "task. About two minutes on two cores, and three more the first time, when the model is "
           "pretrained.",
       .flags = {"weights", "out"},
       .run = RunTour},
      {.name = "train",
       .summary = "Finetunes a pretrained model on instructions.",
       .description =
           "Each entry becomes a prompt and its answer; the model learns to go on with the "
           "answer. 85% of the entries train, 10% are for `test`, 5% validate, in this order.\n\n"
           "The workshop's run, on GPT-2:\n"
           "  bazel run //ch07_instruct -- train --weights=gpt2-medium "
           "--data=instruction-data.json",
       .flags = {"weights",
                 "tokenizer",
                 "n_heads",
                 "data",
                 "template",
                 "story_entries",
                 "mask_instructions",
                 "lora_rank",
                 "lora_alpha",
                 "save_merged",
                 "batch_size",
                 "group_window",
                 "allowed_max_length",
                 "num_epochs",
                 "learning_rate",
                 "min_learning_rate",
                 "warmup_steps",
                 "weight_decay",
                 "max_grad_norm",
                 "eval_freq",
                 "eval_iter",
                 "out"},
       .run = Train},
      {.name = "dpo",
       .summary = "Tunes a finetuned model to preferences.",
       .description =
           "Direct preference optimisation: for each prompt there is an answer that was chosen and "
           "one that was rejected; the model learns to hold the first one likelier than it did, in "
           "comparison with the second. Without --data: answers to story tasks, of which one is "
           "right and the other nearly, or one is a whole sentence and the other a curt word.",
       .flags = {"weights", "tokenizer", "n_heads", "data", "template", "story_pairs", "beta",
                 "nll_weight", "lora_rank", "lora_alpha", "save_merged", "batch_size",
                 "allowed_max_length", "num_epochs", "learning_rate", "weight_decay", "eval_freq",
                 "eval_iter", "out"},
       .run = Dpo}};
}

std::vector<Command> AnsweringCommands() {
  return {
      {.name = "respond",
       .summary = "Answers one instruction.",
       .description =
           "  bazel run //ch07_instruct -- respond --weights=runs/instruct-1 \\\n"
           "      --instruction=\"Write it in the past.\" --input=\"Mia and Otto swim.\"",
       .flags = {"weights", "tokenizer", "n_heads", "adapter", "template", "instruction", "input",
                 "max_new_tokens", "temperature"},
       .run = RespondOnce},
      {.name = "test",
       .summary = "Answers the test part of a data set, and scores the answers.",
       .description =
           "Scores by task: answers that are right, exactly or by the entry's condition; the words "
           "that they share with the right ones; the perplexity of the right ones. The entries are "
           "saved with their \"model_response\" in --out (instruction-data-with-response.json), "
           "for `judge`.",
       .flags = {"weights", "tokenizer", "n_heads", "adapter", "before", "data", "template",
                 "max_new_tokens", "temperature", "out"},
       .run = Test},
      {.name = "chat",
       .summary = "A conversation in the terminal.",
       .description = "Each line is an instruction; /help lists what else can be said.",
       .flags = {"weights", "tokenizer", "n_heads", "adapter", "template", "history",
                 "max_new_tokens", "temperature"},
       .run = Chat},
      {.name = "serve",
       .summary = "A chat page in the browser, on this machine only.",
       .description =
           "Prints the page's address; answers stream, and can be stopped. With --classifier the "
           "page has a second tab that sorts messages.\n\n"
           "  bazel run //ch07_instruct -- serve --weights=runs/instruct-1 \\\n"
           "      --classifier=runs/classify-1",
       .flags = {"weights", "tokenizer", "n_heads", "adapter", "template", "history", "classifier",
                 "port"},
       .run = ServeChatPage},
      {.name = "judge",
       .summary = "Lets a larger model score the answers of `test`, from 0 to 100.",
       .description =
           "Asks a model that Ollama serves (https://ollama.com; `ollama serve`, `ollama run "
           "llama3`) about each entry of --data. Without --data: what `test` wrote.",
       .flags = {"data", "key", "ollama_url", "ollama_model", "ollama_seconds", "ollama_tries"},
       .run = Judge}};
}

std::vector<Command> DataCommands() {
  return {
      {.name = "near-duplicates",
       .summary = "Finds entries that say nearly the same.",
       .description =
           "Compares instructions, inputs, outputs, and instructions with their inputs, by "
           "TF-IDF over strings of one to three characters.",
       .flags = {"data", "threshold"},
       .run = NearDuplicates},
      {.name = "augment",
       .summary = "Adds each output in the passive voice, written by a larger model.",
       .description = "Asks a model that Ollama serves, and adds field \"output_2\". Interrupted, "
                      "it goes on where it stopped.",
       .flags = {"data", "out", "ollama_url", "ollama_model", "ollama_seconds", "ollama_tries"},
       .run = Augment},
      {.name = "make-data",
       .summary = "Writes instruction data about the story world.",
       .description = "The defaults make the set that ships with the project; another --seed or "
                      "--count, another set. Of the entries, in order, 85% are to train, and none "
                      "of the others has the request of one of them.",
       .flags = {"count", "preferences", "out"},
       .run = MakeData}};
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) {
  using namespace gokart;
  Program program = {.name = "ch07_instruct",
                     .summary = "Chapter 7: finetuning to follow instructions."};
  for (const auto& commands : {TrainingCommands(), AnsweringCommands(), DataCommands()}) {
    program.commands.insert(program.commands.end(), commands.begin(), commands.end());
  }
  return RunProgram(program, argc, argv);
}
