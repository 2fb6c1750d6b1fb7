#include "ch06_classify/tour.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "ch06_classify/classify_run.h"
#include "ch06_classify/train_command.h"
#include "tensor/random.h"
#include "workshop/human.h"
#include "workshop/section.h"
#include "workshop/table.h"

namespace gokart {
namespace {

struct UnseenMessage {
  std::string label, text;
};

// Two like the workshop's, and some written for the tour. None is in the data.
const std::vector<UnseenMessage>& UnseenMessages() {
  static const auto& messages = *new std::vector<UnseenMessage>{
      {"spam",
       "You are a winner! You have been specially selected to receive £1000 cash or a £2000 "
       "award."},
      {"ham", "Hey, just wanted to check if we're still on for dinner tonight? Let me know!"},
      {"spam",
       "Your parcel is waiting. Pay the outstanding fee of £1.99 at parcels4you.example/pay"},
      {"ham", "Parcel came while you were out, I've put it behind the shed x"},
      {"ham", "URGENT: nan needs the good saucepan back before sunday"},
      {"spam", "Reply YES to 87121 now to claim ur free ringtone"}};
  return messages;
}

std::string Percent(double share) { return absl::StrFormat("%.1f%%", 100 * share); }

void ShowTexts(const ClassifyRun& run) {
  PrintSection("6.2", "Messages, wanted and not");
  const TextSplit& split = run.split();
  PrintProse(
      absl::StrCat("The project ships 2,500 text messages, 2,000 ham and 500 spam. As in the "
                   "workshop as many ham as spam are drawn, so that a classifier that always says "
                   "\"ham\" is right half of the time and not four times out of five; then all "
                   "are shuffled and cut into ",
                   split.train.size(), " to train on, ", split.val.size(), " to validate and ",
                   split.test.size(), " to test. Three of them:\n"));
  Table table({"label", "message"});
  for (size_t i = 0; i < 3; ++i) table.AddRow({split.train[i].label, split.train[i].text});
  PrintBlock(table.ToText(98));
}

void ShowRow(ClassifyRun& run) {
  PrintSection("6.3", "A message as a row of tokens");
  const TextClassifier& classifier = run.classifier();
  const std::string text = "Do you have time";
  const std::vector<int32_t> ids = *classifier.tokenizer->Encode(text);
  std::vector<std::string> pieces;
  for (const int32_t id : ids) {
    pieces.push_back(absl::StrCat(id, " \"", classifier.tokenizer->Decode({id}), "\""));
  }
  PrintProse(absl::StrCat(
      "\"", text, "\" is ", absl::StrJoin(pieces, ", "), ". The longest message to train on has ",
      run.longest_text(),
      " tokens. Rows of a batch must be equally long: shorter ones are filled "
      "up with token ",
      classifier.padding.pad_id,
      ", the end of text. The workshop fills all rows up to the longest message; here only to the "
      "longest of the batch, and the head reads the last token before the filling, so that it "
      "makes no difference."));
}

void ShowHead(ClassifyRun& run) {
  PrintSection("6.5", "A head for classes instead of words");
  const GptClassifier& model = *run.classifier().model;
  PrintProse(absl::StrCat(
      "The pretrained model ends in a layer with one output per word of its vocabulary. It is "
      "replaced by one with two outputs, ham and spam, of random weights. Attention is causal: "
      "only "
      "the last token has seen the whole message, so its output is the one that counts. ",
      FormatCount(model.NumTrainableParameters()), " parameters are trained."));
  ManualSeed(run.options().seed);
  const double accuracy =
      AccuracyOfLoader(*run.classifier().model, run.test_loader(), GlobalGenerator());
  PrintSection("6.6", "Before finetuning");
  PrintProse(
      absl::StrFormat("Right answers on the test messages: %s; the loss is %.3f. Tossing a "
                      "coin: 50%%, and ln 2 = 0.693.",
                      Percent(accuracy), run.LossOf(run.test_loader())));
}

absl::Status ShowFinetuning(const TourOptions& options, ClassifyRun& run, const std::string& folder,
                            ClassifyScores& scores) {
  PrintSection("6.7", "Finetuning");
  absl::StatusOr<ClassifyOutcome> outcome =
      TrainClassifierAndReport(run, folder, {.print_run = false});
  if (!outcome.ok()) return outcome.status();
  if (outcome->interrupted) return absl::CancelledError("the tour was interrupted");
  std::printf("\n");
  PrintScores(outcome->scores);
  PrintProse(absl::StrCat("\nTraining took ", FormatDuration(outcome->seconds),
                          ". The second line is the honest yardstick: logistic regression on which "
                          "words occur, without "
                          "any idea of their order."));
  scores = outcome->scores;
  AddFinding(options,
             absl::StrFormat("Chapter 6: finetuned in %s, the same model tells spam from ham in "
                             "%s of the test messages (a bag of words: %s).",
                             FormatDuration(outcome->seconds), Percent(scores.test),
                             Percent(scores.bag_of_words_test)));
  return absl::OkStatus();
}

absl::Status ShowUnseen(const TextClassifier& classifier) {
  PrintSection("6.8", "Messages that it has never seen");
  std::vector<std::string> texts;
  for (const UnseenMessage& message : UnseenMessages()) texts.push_back(message.text);
  const absl::StatusOr<std::vector<Classification>> found = Classify(classifier, texts);
  if (!found.ok()) return found.status();
  Table table({"verdict", "sure", "", "message"});
  bool all_right = true;
  for (size_t i = 0; i < found->size(); ++i) {
    const Classification& c = (*found)[i];
    const bool right = classifier.classes[c.best] == UnseenMessages()[i].label;
    all_right &= right;
    table.AddRow({classifier.classes[c.best], Percent(c.probabilities[c.best]),
                  right ? "" : "wrong", texts[i]});
  }
  PrintBlock(table.ToText(98));
  if (!all_right) {
    PrintProse(
        "\nWhere it is wrong, it is hardly less sure: a small model trained on a few hundred "
        "messages until it knows them by heart. Its probabilities say which verdict is likelier, "
        "not how often such a verdict is right.");
  }
  return absl::OkStatus();
}

// The size of a file, or of nothing.
double FileBytes(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<double>(size);
}

absl::Status ShowLora(const TourOptions& options, const ClassifyOptions& finetuning,
                      const ClassifyScores& full) {
  PrintSection("E", "LoRA: adapters instead of weights");
  PrintProse(
      "Beside each weight matrix W of shape [out, in] stand two thin ones, A [in, rank] and B "
      "[rank, out], and x W becomes x W + (alpha / rank) x A B. B is zero at first, so nothing "
      "changes; then only A, B and the new head are trained.");
  ClassifyOptions lora = finetuning;
  lora.lora_rank = 16;
  lora.learning_rate = 2e-3;
  lora.eval_freq = 0;
  absl::StatusOr<std::unique_ptr<ClassifyRun>> run = ClassifyRun::Prepare(lora);
  if (!run.ok()) return run.status();
  const int64_t trained = (*run)->classifier().model->NumTrainableParameters();
  const std::string folder =
      options.folder.empty() ? "" : absl::StrCat(options.folder, "/lora-classifier");
  absl::StatusOr<ClassifyOutcome> outcome =
      TrainClassifierAndReport(**run, folder, {.print_run = false, .print_evaluations = false});
  if (!outcome.ok()) return outcome.status();
  if (outcome->interrupted) return absl::CancelledError("the tour was interrupted");
  PrintProse(
      absl::StrFormat("%s parameters trained in %s: %s of the test messages right, against "
                      "%s with all weights.",
                      FormatCount(trained), FormatDuration(outcome->seconds),
                      Percent(outcome->scores.test), Percent(full.test)));
  if (!folder.empty()) {
    PrintProse(absl::StrCat(
        "The adapter is a file of ",
        FormatBytes(FileBytes(folder + "/adapter/adapter_model.safetensors")),
        " of its own; merged into the weights it costs nothing, and the model is a file of ",
        FormatBytes(FileBytes(folder + "/checkpoint/checkpoint.safetensors")),
        ". (GPT-2 small at rank 16: 2,666,528 parameters instead of 124,441,346.)"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ClassifyTour(const TourOptions& options, const std::string& base_model) {
  PrintChapter("Chapter 6: finetuning for classification");
  ClassifyOptions finetuning;
  finetuning.weights = base_model;
  finetuning.seed = options.seed;
  finetuning.eval_freq = 100;
  if (options.brief) finetuning.num_epochs = 4;
  absl::StatusOr<std::unique_ptr<ClassifyRun>> run = ClassifyRun::Prepare(finetuning);
  if (!run.ok()) return run.status();
  ShowTexts(**run);
  ShowRow(**run);
  ShowHead(**run);
  const std::string folder =
      options.folder.empty() ? "" : absl::StrCat(options.folder, "/classifier");
  ClassifyScores scores;
  if (absl::Status s = ShowFinetuning(options, **run, folder, scores); !s.ok()) return s;
  if (absl::Status s = ShowUnseen((*run)->classifier()); !s.ok()) return s;
  if (!options.brief) {
    if (absl::Status s = ShowLora(options, finetuning, scores); !s.ok()) return s;
  }
  if (folder.empty()) return absl::OkStatus();
  PrintProse(absl::StrCat("\nTry it:  bazel run //ch06_classify -- classify --classifier=",
                          std::filesystem::absolute(folder).string()));
  return absl::OkStatus();
}

}  // namespace gokart
