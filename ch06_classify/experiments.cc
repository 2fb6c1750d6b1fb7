#include "ch06_classify/experiments.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch06_classify/classify_run.h"
#include "workshop/csv_file.h"
#include "workshop/file.h"
#include "workshop/human.h"
#include "workshop/interrupt.h"
#include "workshop/progress.h"
#include "workshop/sha256.h"
#include "workshop/table.h"

namespace gokart {
namespace {

const CsvFile::Row& Columns() {
  static const auto& columns = *new CsvFile::Row{"number",         "what",
                                                 "seed",           "options",
                                                 "train_accuracy", "val_accuracy",
                                                 "test_accuracy",  "bag_of_words_test_accuracy",
                                                 "seconds",        "trained_parameters",
                                                 "weight_bytes"};
  return columns;
}

// What one experiment came to with one seed: a row of the file.
struct Result {
  double train = 0, val = 0, test = 0, bag_of_words = 0, seconds = 0;
  int64_t trained_parameters = 0, weight_bytes = 0;
};

using Key = std::pair<std::string, uint64_t>;  // number, seed

// Eight digits that change with the options, to tell whether a row may be kept.
std::string OptionsDigest(const ClassifyOptions& options) {
  const std::string text = ClassifyOptionsToJson(options).dump();
  Sha256 sum;
  sum.Add(text.data(), text.size());
  return sum.Hex().substr(0, 8);
}

CsvFile::Row RowOf(const Experiment& e, const Result& r) {
  const auto number = [](double value) { return absl::StrFormat("%.6f", value); };
  return {e.number,
          e.what,
          absl::StrCat(e.options.seed),
          OptionsDigest(e.options),
          number(r.train),
          number(r.val),
          number(r.test),
          number(r.bag_of_words),
          number(r.seconds),
          absl::StrCat(r.trained_parameters),
          absl::StrCat(r.weight_bytes)};
}

bool ParseRow(const CsvFile::Row& row, Result& r) {
  return row.size() == Columns().size() && absl::SimpleAtod(row[4], &r.train) &&
         absl::SimpleAtod(row[5], &r.val) && absl::SimpleAtod(row[6], &r.test) &&
         absl::SimpleAtod(row[7], &r.bag_of_words) && absl::SimpleAtod(row[8], &r.seconds) &&
         absl::SimpleAtoi(row[9], &r.trained_parameters) &&
         absl::SimpleAtoi(row[10], &r.weight_bytes);
}

// What earlier calls left behind. Error: rows of other options.
absl::StatusOr<std::map<Key, Result>> ReadResults(const std::string& path,
                                                  const std::vector<Experiment>& todo) {
  std::map<Key, Result> results;
  absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return results;
  if (!text.ok()) return text.status();
  absl::StatusOr<std::vector<CsvFile::Row>> rows = ParseCsv(*text);
  if (!rows.ok()) return rows.status();
  for (size_t i = 1; i < rows->size(); ++i) {
    const CsvFile::Row& row = (*rows)[i];
    Result result;
    uint64_t seed = 0;
    if (!ParseRow(row, result) || !absl::SimpleAtoi(row[2], &seed)) {
      return absl::DataLossError(absl::StrCat(path, ": row ", i + 1, " is no result"));
    }
    for (const Experiment& e : todo) {
      if (e.number != row[0] || e.options.seed != seed) continue;
      if (OptionsDigest(e.options) != row[3]) {
        return absl::FailedPreconditionError(absl::StrCat(
            path, ": experiment ", row[0], " was done with other options; choose another --out"));
      }
      results[{row[0], seed}] = result;
    }
  }
  return results;
}

absl::StatusOr<Result> Do(const Experiment& experiment, const InterruptGuard& interrupt) {
  absl::StatusOr<std::unique_ptr<ClassifyRun>> run = ClassifyRun::Prepare(experiment.options);
  if (!run.ok()) return run.status();
  const GptClassifier& model = *(*run)->classifier().model;
  Result result;
  result.trained_parameters = model.NumTrainableParameters();
  result.weight_bytes = model.WeightBytes();
  Progress progress(absl::StrCat(experiment.number, ". ", experiment.what), (*run)->total_steps());
  ClassifyObserver observer;
  observer.should_stop = [&] { return interrupt.Requested(); };
  observer.on_step = [&](const StepReport& s) {
    progress.Update(s.step + 1, absl::StrFormat("loss %.3f", s.loss));
  };
  if (absl::Status s = (*run)->Train(observer); !s.ok()) return s;
  result.seconds = progress.Seconds();
  if (interrupt.Requested()) {
    progress.Abandon();
    return absl::CancelledError("interrupted; the same command goes on with this experiment");
  }
  progress.Finish();
  const ClassifyScores scores = (*run)->Score();
  result.train = scores.train, result.val = scores.val, result.test = scores.test;
  result.bag_of_words = scores.bag_of_words_test;
  return result;
}

// The experiments that were asked for, once for each seed.
absl::StatusOr<std::vector<Experiment>> Choose(const ClassifyOptions& base,
                                               const std::vector<std::string>& only,
                                               int64_t seeds) {
  const std::vector<Experiment> all = Experiments(base);
  for (const std::string& number : only) {
    if (std::none_of(all.begin(), all.end(),
                     [&](const Experiment& e) { return e.number == number; })) {
      return absl::NotFoundError(
          absl::StrCat("--only: no experiment ", number, "; there are 1 to ", all.size()));
    }
  }
  std::vector<Experiment> chosen;
  for (const Experiment& e : all) {
    if (!only.empty() && std::find(only.begin(), only.end(), e.number) == only.end()) continue;
    for (int64_t i = 0; i < seeds; ++i) {
      chosen.push_back(e);
      chosen.back().options.seed = base.seed + static_cast<uint64_t>(i);
    }
  }
  return chosen;
}

std::string Percent(double share) { return absl::StrFormat("%.2f%%", 100 * share); }

void PrintTable(const std::vector<Experiment>& done, const std::map<Key, Result>& results) {
  Table table({"", "training", "validation", "test", "time", "trained", "weights", "what"});
  std::set<std::string> shown;
  double words = 0, runs = 0;
  for (const Experiment& e : done) {
    if (!shown.insert(e.number).second) continue;
    Result mean;
    double n = 0;
    for (const auto& [key, r] : results) {
      if (key.first != e.number) continue;
      ++n, mean.train += r.train, mean.val += r.val, mean.test += r.test, mean.seconds += r.seconds;
      mean.trained_parameters = r.trained_parameters, mean.weight_bytes = r.weight_bytes;
      words += r.bag_of_words, ++runs;
    }
    table.AddRow({e.number, Percent(mean.train / n), Percent(mean.val / n), Percent(mean.test / n),
                  absl::StrFormat("%.1f s", mean.seconds / n), FormatCount(mean.trained_parameters),
                  FormatBytes(static_cast<double>(mean.weight_bytes)), e.what});
  }
  table.AddRow({"", "", "", Percent(words / runs), "", "", "",
                "bag of words, logistic regression: the yardstick"});
  std::printf("%s", table.ToText().c_str());
}

}  // namespace

std::vector<Experiment> Experiments(const ClassifyOptions& base) {
  std::vector<Experiment> all;
  const auto add = [&](const std::string& what,
                       const std::function<void(ClassifyOptions&)>& change) {
    all.push_back({absl::StrCat(all.size() + 1), what, base});
    change(all.back().options);
  };
  add("all layers, last token before the padding", [](ClassifyOptions&) {});
  add("last block", [](auto& o) { o.trainable_layers = "last_block"; });
  add("last two blocks", [](auto& o) { o.trainable_layers = "last_two_blocks"; });
  add("head only", [](auto& o) { o.trainable_layers = "last_layer"; });
  add("first token", [](auto& o) { o.trainable_token_pos = "first"; });
  add("mean of all tokens", [](auto& o) { o.trainable_token_pos = "mean"; });
  add("last token of padded rows, as in the workshop", [](auto& o) {
    o.trainable_token_pos = "last";
    o.no_padding = false;
  });
  add("the same, last block only: the workshop's setting", [](auto& o) {
    o.trainable_token_pos = "last";
    o.no_padding = false;
    o.trainable_layers = "last_block";
  });
  add("no padding at all: batches of 1, 8 of them a step", [](auto& o) {
    o.batch_size = 1;
    o.accumulation_steps = 8;
  });
  add("rows cut after 20 tokens", [](auto& o) { o.context_length = 20; });
  add("rows cut after 60 tokens", [](auto& o) { o.context_length = 60; });
  add("LoRA, rank 16, alpha 16", [](auto& o) {
    o.lora_rank = 16;
    o.learning_rate = 2e-3;
  });
  add("LoRA, rank 4, alpha 4", [](auto& o) {
    o.lora_rank = o.lora_alpha = 4;
    o.learning_rate = 2e-3;
  });
  add("QLoRA, rank 16, alpha 16", [](auto& o) {
    o.lora_rank = 16;
    o.qlora = true;
    o.learning_rate = 2e-3;
  });
  add("random weights", [](auto& o) { o.weights = "random"; });
  add("random weights, half as wide", [](auto& o) {
    o.weights = "random";
    o.emb_dim = 64;
    o.n_heads = 4;
  });
  add("random weights, 1 layer", [](auto& o) {
    o.weights = "random";
    o.n_layers = 1;
  });
  add("random weights, twice as wide", [](auto& o) {
    o.weights = "random";
    o.emb_dim = 256;
    o.n_heads = 8;
  });
  add("without dropout", [](auto& o) { o.drop_rate = 0; });
  add("classes as frequent as they are", [](auto& o) { o.balance = false; });
  return all;
}

absl::Status RunExperiments(const ClassifyOptions& base, const std::vector<std::string>& only,
                            int64_t seeds, const std::string& folder) {
  const absl::StatusOr<std::vector<Experiment>> todo = Choose(base, only, seeds);
  if (!todo.ok()) return todo.status();
  if (absl::Status s = MakeFolders(folder); !s.ok()) return s;
  const std::string path = folder + "/experiments.csv";
  absl::StatusOr<std::map<Key, Result>> results = ReadResults(path, *todo);
  if (!results.ok()) return results.status();
  absl::StatusOr<CsvFile> file = CsvFile::Continue(path, Columns());
  if (!file.ok()) return file.status();
  const InterruptGuard interrupt;
  for (const Experiment& experiment : *todo) {
    const Key key = {experiment.number, experiment.options.seed};
    if (results->count(key) > 0) continue;
    const absl::StatusOr<Result> result = Do(experiment, interrupt);
    if (!result.ok()) return result.status();
    if (absl::Status s = file->AddRow(RowOf(experiment, *result)); !s.ok()) return s;
    (*results)[key] = *result;
  }
  PrintTable(*todo, *results);
  std::printf("Results     %s\n", path.c_str());
  return absl::OkStatus();
}

}  // namespace gokart
