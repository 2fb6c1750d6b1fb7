// Trying out combinations of hyperparameters (workshop bonus, ch05/05_bonus_hparam_tuning).
//
//   Grid grid = *ParseGrid("learning_rate=1e-4,5e-4 drop_rate=0,0.1");     // 4 combinations
//   SearchGrid(base, grid, "runs/search", observer);                      // results.csv, best
//   first in the table
#ifndef GOKART_CH05_PRETRAIN_HYPERPARAMETER_SEARCH_H_
#define GOKART_CH05_PRETRAIN_HYPERPARAMETER_SEARCH_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch05_pretrain/pretrain_options.h"

namespace gokart {

/// Names of fields of PretrainOptions or GptConfig, each with the values to try.
using Grid = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// "name=value,value name=value,value". Errors: an unknown name, no value, a name given twice.
absl::StatusOr<Grid> ParseGrid(const std::string& text);

/// One combination: (name, value) for each name of the grid.
using Combination = std::vector<std::pair<std::string, std::string>>;

/// All combinations, the last name changing fastest.
std::vector<Combination> Combinations(const Grid& grid);

/// `base` with the values of a combination. Errors: a value that is not of the field's type,
/// options that don't fit.
absl::StatusOr<PretrainOptions> Apply(const PretrainOptions& base, const Combination& combination);

struct SearchResult {
  Combination combination;
  double train_loss = 0, val_loss = 0;  ///< at the best evaluation of the validation loss
  int64_t best_step = 0;
  double seconds = 0;
  std::string error;  ///< why this combination has no result
};

struct SearchObserver {
  std::function<void(int64_t number, int64_t total, const Combination&)> on_start;
  std::function<void(const SearchResult&)> on_result;
  std::function<bool()> should_stop;
};

/// Trains every combination in a folder of its own, and appends each result to results.csv as it
/// comes. Combinations that results.csv already has are not run again, so that an interrupted
/// search goes on where it stopped.
absl::StatusOr<std::vector<SearchResult>> SearchGrid(const PretrainOptions& base, const Grid& grid,
                                                     const std::string& folder,
                                                     const SearchObserver& observer);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_HYPERPARAMETER_SEARCH_H_
