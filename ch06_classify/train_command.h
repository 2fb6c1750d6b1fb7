// `train`: a finetuning in a folder of its own, with everything that it prints.
#ifndef GOKART_CH06_CLASSIFY_TRAIN_COMMAND_H_
#define GOKART_CH06_CLASSIFY_TRAIN_COMMAND_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch06_classify/classify_run.h"

namespace gokart {

/// How TrainClassifierAndReport() talks.
struct ClassifyReport {
  bool print_run = true;          ///< model, texts, what is trained
  bool print_evaluations = true;  ///< a line for each evaluation, as the workshop prints it
};

/// What a finetuning came to.
struct ClassifyOutcome {
  double initial_test_loss = 0;  ///< before finetuning, over all test texts
  ClassifyScores scores;
  double seconds = 0;  ///< of training, evaluations included
  bool interrupted = false;
};

/// Trains a run to its end, or until Ctrl-C, and saves it in `folder` if that is not empty:
/// metrics.csv, loss and accuracy as pictures, scores.json, and the classifier. Errors: those of
/// ClassifyRun; a folder that cannot be written.
absl::StatusOr<ClassifyOutcome> TrainClassifierAndReport(ClassifyRun& run,
                                                         const std::string& folder,
                                                         const ClassifyReport& report = {});

/// Prints accuracies beside the yardstick's, the confusion matrix, precision, recall and F1.
void PrintScores(const ClassifyScores& scores);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_TRAIN_COMMAND_H_
