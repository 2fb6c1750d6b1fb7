#include "ch05_pretrain/hyperparameter_search.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <type_traits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ch05_pretrain/pretrain_run.h"
#include "workshop/csv_file.h"
#include "workshop/file.h"
#include "workshop/nearest_name.h"

namespace gokart {
namespace {

bool Parse(const std::string& text, int64_t& value) { return absl::SimpleAtoi(text, &value); }
bool Parse(const std::string& text, uint64_t& value) { return absl::SimpleAtoi(text, &value); }
bool Parse(const std::string& text, double& value) { return absl::SimpleAtod(text, &value); }
bool Parse(const std::string& text, bool& value) { return absl::SimpleAtob(text, &value); }
bool Parse(const std::string& text, std::string& value) {
  value = text;
  return true;
}
template <typename Number>
bool Parse(const std::string& text, std::optional<Number>& value) {
  Number number = 0;
  if (!Parse(text, number)) return false;
  value = number;
  return true;
}

template <typename Visitor>
void VisitAll(PretrainOptions& options, const Visitor& visit) {
  VisitFields(options.model, visit);
  VisitPretrainFields(options, visit);
}

std::vector<std::string> FieldNames() {
  PretrainOptions options;
  std::vector<std::string> names;
  VisitAll(options, [&](const char* name, auto&) { names.push_back(name); });
  return names;
}

CsvFile::Row Columns(const Grid& grid) {
  CsvFile::Row columns;
  for (const auto& [name, values] : grid) columns.push_back(name);
  for (const char* name : {"val_loss", "train_loss", "best_step", "seconds", "error"}) {
    columns.push_back(name);
  }
  return columns;
}

CsvFile::Row Row(const SearchResult& r) {
  CsvFile::Row row;
  for (const auto& [name, value] : r.combination) row.push_back(value);
  row.push_back(absl::StrFormat("%.6f", r.val_loss));
  row.push_back(absl::StrFormat("%.6f", r.train_loss));
  row.push_back(absl::StrCat(r.best_step));
  row.push_back(absl::StrFormat("%.1f", r.seconds));
  row.push_back(r.error);
  return row;
}

// Results of an earlier search over the same grid, by their values.
std::map<std::vector<std::string>, SearchResult> EarlierResults(
    const std::vector<CsvFile::Row>& rows, const Grid& grid) {
  std::map<std::vector<std::string>, SearchResult> results;
  for (const CsvFile::Row& row : rows) {
    const size_t n = grid.size();
    if (row.size() != n + 5) continue;
    SearchResult r;
    for (size_t i = 0; i < n; ++i) r.combination.emplace_back(grid[i].first, row[i]);
    if (!absl::SimpleAtod(row[n], &r.val_loss) || !absl::SimpleAtod(row[n + 1], &r.train_loss) ||
        !absl::SimpleAtoi(row[n + 2], &r.best_step) || !absl::SimpleAtod(row[n + 3], &r.seconds)) {
      continue;
    }
    r.error = row[n + 4];
    results[{row.begin(), row.begin() + static_cast<int64_t>(n)}] = r;
  }
  return results;
}

std::string FolderName(const Combination& combination) {
  std::string name = absl::StrJoin(combination, "_", absl::PairFormatter("="));
  std::replace(name.begin(), name.end(), '/', '-');
  return name;
}

SearchResult RunOne(const PretrainOptions& base, const Combination& combination,
                    const std::string& folder, const SearchObserver& observer) {
  const auto started = std::chrono::steady_clock::now();
  SearchResult result = {.combination = combination,
                         .train_loss = std::nan(""),
                         .val_loss = std::numeric_limits<double>::infinity()};
  const auto fail = [&](const absl::Status& status) {
    result.error = std::string(status.message());
    return result;
  };
  absl::StatusOr<PretrainOptions> options = Apply(base, combination);
  if (!options.ok()) return fail(options.status());
  auto run = PretrainRun::Start(*options, absl::StrCat(folder, "/", FolderName(combination)));
  if (!run.ok()) return fail(run.status());
  PretrainObserver watch;
  watch.should_stop = observer.should_stop;
  watch.checkpoint_seconds = std::numeric_limits<double>::infinity();
  if (absl::Status s = (*run)->Train(watch); !s.ok()) return fail(s);
  for (const Evaluation& e : (*run)->history()) {
    if (e.val_loss >= result.val_loss) continue;
    result.val_loss = e.val_loss;
    result.train_loss = e.train_loss;
    result.best_step = e.step;
  }
  result.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

}  // namespace

absl::StatusOr<Grid> ParseGrid(const std::string& text) {
  Grid grid;
  const std::vector<std::string> known = FieldNames();
  for (const std::string& part :
       std::vector<std::string>(absl::StrSplit(text, ' ', absl::SkipEmpty()))) {
    const std::vector<std::string> sides = absl::StrSplit(part, absl::MaxSplits('=', 1));
    if (sides.size() != 2 || sides[0].empty() || sides[1].empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", part, "' is not of the form name=value,value"));
    }
    if (std::find(known.begin(), known.end(), sides[0]) == known.end()) {
      const std::string near = NearestName(sides[0], known);
      return absl::InvalidArgumentError(
          absl::StrCat("there is no hyperparameter '", sides[0], "'",
                       near.empty() ? "" : absl::StrCat("; did you mean '", near, "'?")));
    }
    for (const auto& [name, values] : grid) {
      if (name == sides[0])
        return absl::InvalidArgumentError(absl::StrCat("'", name, "' is given twice"));
    }
    grid.emplace_back(sides[0], absl::StrSplit(sides[1], ',', absl::SkipEmpty()));
  }
  if (grid.empty()) return absl::InvalidArgumentError("the grid is empty");
  return grid;
}

std::vector<Combination> Combinations(const Grid& grid) {
  std::vector<Combination> all = {{}};
  for (const auto& [name, values] : grid) {
    std::vector<Combination> longer;
    for (const Combination& combination : all) {
      for (const std::string& value : values) {
        longer.push_back(combination);
        longer.back().emplace_back(name, value);
      }
    }
    all = std::move(longer);
  }
  return all;
}

absl::StatusOr<PretrainOptions> Apply(const PretrainOptions& base, const Combination& combination) {
  PretrainOptions options = base;
  for (const auto& [wanted, value] : combination) {
    bool parsed = false;
    VisitAll(options, [&](const char* name, auto& field) {
      if (name == wanted) parsed = Parse(value, field);
    });
    if (!parsed) {
      return absl::InvalidArgumentError(absl::StrCat(wanted, " cannot be '", value, "'"));
    }
  }
  if (absl::Status s = CheckPretrainOptions(options); !s.ok()) return s;
  return options;
}

absl::StatusOr<std::vector<SearchResult>> SearchGrid(const PretrainOptions& base, const Grid& grid,
                                                     const std::string& folder,
                                                     const SearchObserver& observer) {
  if (absl::Status s = MakeFolders(folder); !s.ok()) return s;
  const std::string path = absl::StrCat(folder, "/results.csv");
  std::vector<CsvFile::Row> earlier;
  absl::StatusOr<CsvFile> file =
      CsvFile::Continue(path, Columns(grid), [&](const CsvFile::Row& row) {
        earlier.push_back(row);
        return true;
      });
  if (!file.ok()) return file.status();
  const auto known = EarlierResults(earlier, grid);
  std::vector<SearchResult> results;
  const std::vector<Combination> all = Combinations(grid);
  for (size_t i = 0; i < all.size(); ++i) {
    std::vector<std::string> values;
    for (const auto& [name, value] : all[i]) values.push_back(value);
    if (const auto it = known.find(values); it != known.end()) {
      results.push_back(it->second);
      continue;
    }
    if (observer.on_start)
      observer.on_start(static_cast<int64_t>(i) + 1, static_cast<int64_t>(all.size()), all[i]);
    // A half-trained run of a search that was interrupted is of no use.
    std::error_code ignored;
    std::filesystem::remove_all(absl::StrCat(folder, "/", FolderName(all[i])), ignored);
    SearchResult result = RunOne(base, all[i], folder, observer);
    if (observer.should_stop && observer.should_stop()) break;
    if (absl::Status s = file->AddRow(Row(result)); !s.ok()) return s;
    if (observer.on_result) observer.on_result(result);
    results.push_back(std::move(result));
  }
  std::stable_sort(
      results.begin(), results.end(),
      [](const SearchResult& a, const SearchResult& b) { return a.val_loss < b.val_loss; });
  return results;
}

}  // namespace gokart
