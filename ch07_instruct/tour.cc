#include "ch07_instruct/tour.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch07_instruct/collate.h"
#include "ch07_instruct/dpo_run.h"
#include "ch07_instruct/finetune_command.h"
#include "ch07_instruct/finetune_run.h"
#include "ch07_instruct/score_report.h"
#include "ch07_instruct/story_tasks.h"
#include "workshop/section.h"

namespace gokart {
namespace {

// Answers that the last section asks for.
constexpr size_t kUnseen = 6;
// Fresh entries for the table, besides the shipped ones: more entries, sharper figures.
constexpr size_t kScored = 400, kScoredBriefly = 200;
constexpr uint64_t kScoredSeed = 20240607;

// Empty: the run makes one of its own under runs/.
std::string FolderFor(const TourOptions& options, const std::string& name) {
  return options.folder.empty() ? "" : absl::StrCat(options.folder, "/", name);
}

void ShowPrompt() {
  PrintSection("7.2", "A data set of instructions");
  const InstructionEntry entry = {.instruction = "Write it in the past.",
                                  .input = "Mia and Otto swim by the lake.",
                                  .output = "Mia and Otto swam by the lake."};
  PrintProse(
      "A pretrained model continues texts. To make it answer, it is trained on texts that consist "
      "of a request and its answer. An entry of the data set becomes such a text by a template; "
      "the workshop takes that of Stanford Alpaca:");
  PrintBlock(
      (*FindPromptTemplate("alpaca"))->Format(entry.instruction, entry.input).With(entry.output) +
      "\n");
  PrintProse(
      "For the laptop model there is a shorter one, since its vocabulary of story words spells "
      "Alpaca's almost letter by letter, and its context holds but 160 tokens:");
  PrintBlock(
      (*FindPromptTemplate("short"))->Format(entry.instruction, entry.input).With(entry.output) +
      "\n");
}

std::string Row(const TokenIds& ids, size_t row) {
  const size_t columns = ids.shape(1);
  std::string text;
  for (size_t i = 0; i < columns; ++i) {
    absl::StrAppend(&text, absl::StrFormat("%7d", ids.data()[row * columns + i]));
  }
  return text;
}

void ShowBatch() {
  PrintSection("7.3", "Batches of texts that are not equally long");
  PrintProse(
      "The rows of a batch are filled up to the longest with ends of text. Each target is the next "
      "token; the first end of text is to be learnt, for without it the model would never stop; "
      "the others become -100, which the loss leaves out. The workshop's example:");
  const InstructionIds texts[] = {{{0, 1, 2, 3, 4}}, {{5, 6}}, {{7, 8, 9}}};
  const InstructionIds* const rows[] = {&texts[0], &texts[1], &texts[2]};
  const Batch batch = CollateInstructions(rows, 50256);
  for (size_t row = 0; row < 3; ++row) {
    PrintBlock(absl::StrCat(row == 0 ? "inputs " : "       ", Row(batch.inputs, row),
                            row == 0 ? "   targets" : "          ", Row(batch.targets, row), "\n"));
  }
}

// Held-out entries to score: the shipped set's test part, and fresh ones.
std::vector<InstructionEntry> EntriesToScore(const TourOptions& options, const FinetuneRun& run) {
  std::vector<InstructionEntry> entries = run.entries().test;
  for (InstructionEntry& entry : TaskGenerator(kScoredSeed, TaskPart::kHeldOut)
                                     .Different(options.brief ? kScoredBriefly : kScored)) {
    entries.push_back(std::move(entry));
  }
  return entries;
}

absl::StatusOr<ScoredAnswers> ScoreBase(const FinetuneRun& run,
                                        const std::vector<InstructionEntry>& entries) {
  return AnswerAndScore(run.model(), entries, {.max_new_tokens = 40});
}

void ShowAnswers(const std::vector<InstructionEntry>& entries,
                 const std::vector<std::string>& answers) {
  std::set<std::string> shown;
  for (size_t i = 0; i < entries.size() && shown.size() < kUnseen; ++i) {
    const bool short_input = entries[i].input.size() < 200;
    if (!short_input || !shown.insert(entries[i].task).second) continue;
    const std::string input = entries[i].input.empty() ? "" : entries[i].input + "\n  ";
    PrintBlock(absl::StrCat(WrapText(absl::StrCat(input, entries[i].instruction), 76), "  -> ",
                            answers[i], IsCorrect(entries[i], answers[i]) ? "" : "   (wrong)",
                            "\n"));
  }
}

absl::Status ShowFinetuning(const TourOptions& options, const std::string& base,
                            std::unique_ptr<FinetuneRun>& run) {
  PrintSection("7.6", "Finetuning");
  PrintProse(absl::StrFormat(
      "The project's instruction set is made of %d kinds of tasks about the story world that the "
      "model was pretrained on. Each entry below is new, and no request of the held-out part is "
      "among them; some tasks keep whole words back, which the model must know from the stories.",
      static_cast<int>(StoryTasks().size())));
  FinetuneOptions finetuning = StoryFinetuneOptions();
  finetuning.weights = base;
  finetuning.seed = options.seed;
  absl::StatusOr<std::unique_ptr<FinetuneRun>> started =
      FinetuneRun::Start(finetuning, FolderFor(options, "instruct"));
  if (!started.ok()) return started.status();
  run = *std::move(started);
  return absl::OkStatus();
}

absl::Status ShowScores(const TourOptions& options, const std::vector<InstructionEntry>& entries,
                        const ScoredAnswers& before, const FinetuneRun& run) {
  PrintSection("7.7", "Answers to requests that it has never seen");
  const absl::StatusOr<ScoredAnswers> after =
      AnswerAndScore(run.model(), entries, {.max_new_tokens = 60});
  if (!after.ok()) return after.status();
  ShowAnswers(entries, after->answers);
  PrintSection("7.8", "How good is it?");
  PrintBlock(ScoreTableToPrint(after->scores, &before.scores).ToText());
  PrintProse(
      "Correct: the very answer; for going on with a story, which can be done in many ways, an "
      "answer that has the words asked for and that the story grammar can have there. Overlap: the "
      "part of the words that answer and right answer share. Perplexity: of the right answers.");
  AddFinding(options,
             absl::StrCat(
                 "Chapter 7: finetuned on instructions, the model gets ",
                 FormatShare(after->scores.total.correct, after->scores.total.entries),
                 " held-out tasks of ", after->scores.tasks.size(), " kinds right; before, it got ",
                 FormatShare(before.scores.total.correct, before.scores.total.entries), "."));
  return absl::OkStatus();
}

// A question of the shipped pairs' test part that a whole sentence answers.
const InstructionEntry& QuestionOfManners(const DpoRun& run) {
  for (const InstructionEntry& entry : run.entries().test) {
    if (entry.Extra("prefers") == "manners" && entry.task == "color") return entry;
  }
  return run.entries().test.front();
}

absl::Status ShowPreferences(const TourOptions& options, const FinetuneRun& finetuned) {
  PrintSection("Bonus", "Preference tuning with DPO");
  PrintProse(
      "Where no single answer is right, people can still say which of two is better. Direct "
      "preference optimisation raises the chosen answer's probability over the rejected one's, in "
      "comparison with the model as it was. In half of the pairs here a whole sentence is chosen "
      "and a curt word rejected; in the other half one answer is right and one nearly. The model "
      "trains adapters of rank 8: switched off, it is its own reference, in the same memory.");
  DpoOptions dpo = StoryDpoOptions();
  dpo.weights = finetuned.folder();
  dpo.story_pairs = 0;
  dpo.lora_rank = 8;
  dpo.learning_rate = 2e-3;
  dpo.eval_freq = 20;
  dpo.seed = options.seed;
  absl::StatusOr<std::unique_ptr<DpoRun>> run = DpoRun::Start(dpo, FolderFor(options, "dpo"));
  if (!run.ok()) return run.status();
  if (absl::Status s = DpoAndReport(**run); !s.ok()) return s;
  const InstructionEntry& asked = QuestionOfManners(**run);
  PrintProse(absl::StrCat("\nA new question: ", asked.instruction));
  for (const auto& [when, model] :
       {std::pair("before", &finetuned.model()), std::pair("after", &(*run)->model())}) {
    const absl::StatusOr<std::string> answer =
        Respond(*model, asked.instruction, asked.input, {.max_new_tokens = 40});
    if (!answer.ok()) return answer.status();
    PrintBlock(absl::StrFormat("%-7s %s\n", when, *answer));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status InstructTour(const TourOptions& options, const std::string& base_model) {
  PrintChapter("Chapter 7: finetuning to follow instructions");
  ShowPrompt();
  ShowBatch();
  std::unique_ptr<FinetuneRun> run;
  if (absl::Status s = ShowFinetuning(options, base_model, run); !s.ok()) return s;
  const std::vector<InstructionEntry> entries = EntriesToScore(options, *run);
  const absl::StatusOr<ScoredAnswers> before = ScoreBase(*run, entries);
  if (!before.ok()) return before.status();
  if (absl::Status s = FinetuneAndReport(*run); !s.ok()) return s;
  if (absl::Status s = ShowScores(options, entries, *before, *run); !s.ok()) return s;
  if (!options.brief) {
    if (absl::Status s = ShowPreferences(options, *run); !s.ok()) return s;
  }
  PrintProse(absl::StrCat("\nTalk to it:  bazel run //ch07_instruct -- chat --weights=",
                          std::filesystem::absolute(run->folder()).string()));
  return absl::OkStatus();
}

}  // namespace gokart
