// The workshop's additional experiments (its folder ch06/02): what happens when one thing about the
// finetuning is changed.
//
//   RunExperiments(ClassifyOptions{}, /*only=*/{}, /*seeds=*/1, "runs/classify-experiments");
#ifndef GOKART_CH06_CLASSIFY_EXPERIMENTS_H_
#define GOKART_CH06_CLASSIFY_EXPERIMENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ch06_classify/classify_options.h"

namespace gokart {

struct Experiment {
  std::string number;  ///< "1", "2", ...
  std::string what;    ///< what is different, for people
  ClassifyOptions options;
};

/// All experiments, each with one thing other than in `base`.
std::vector<Experiment> Experiments(const ClassifyOptions& base);

/// Does those whose numbers are in `only` (empty: all), each with `seeds` seeds from base.seed on,
/// and prints them as a table. A row of folder/experiments.csv holds what each seed came to; those
/// that are there already are not done again, unless they were done with other options, which is an
/// error. Errors: an unknown number; those of ClassifyRun; CANCELLED after Ctrl-C.
absl::Status RunExperiments(const ClassifyOptions& base, const std::vector<std::string>& only,
                            int64_t seeds, const std::string& folder);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_EXPERIMENTS_H_
