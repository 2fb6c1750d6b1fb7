#include "ch06_classify/experiments.h"

#include <algorithm>
#include <cmath>
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

// Mean of one number over the seeds, and its standard deviation where there are several.
std::string MeanAndSpread(const std::vector<Result>& runs, double Result::*number) {
  double mean = 0, squares = 0;
  for (const Result& r : runs) mean += r.*number / static_cast<double>(runs.size());
  if (runs.size() == 1) return Percent(mean);
  for (const Result& r : runs) squares += (r.*number - mean) * (r.*number - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(runs.size() - 1));
  return absl::StrFormat("%s ± %.2f", Percent(mean), 100 * deviation);
}

void AddRow(const Experiment& e, const std::vector<Result>& runs, Table& table) {
  double seconds = 0;
  for (const Result& r : runs) seconds += r.seconds / static_cast<double>(runs.size());
  table.AddRow({e.number, MeanAndSpread(runs, &Result::train), MeanAndSpread(runs, &Result::val),
                MeanAndSpread(runs, &Result::test), absl::StrFormat("%.1f s", seconds),
                FormatCount(runs[0].trained_parameters),
                FormatBytes(static_cast<double>(runs[0].weight_bytes)), e.what});
}

// What was done, a row for each experiment; the yardstick is that of the first one's splits.
void PrintTable(const std::vector<Experiment>& todo, const std::map<Key, Result>& results) {
  Table table({"", "training", "validation", "test", "time", "trained", "weights", "what"});
  std::set<std::string> shown;
  std::vector<Result> first;
  for (const Experiment& e : todo) {
    if (!shown.insert(e.number).second) continue;
    std::vector<Result> runs;
    for (const auto& [key, r] : results) {
      if (key.first == e.number) runs.push_back(r);
    }
    if (runs.empty()) continue;
    AddRow(e, runs, table);
    if (first.empty()) first = std::move(runs);
  }
  if (first.empty()) return;
  table.AddRow({"", "", "", MeanAndSpread(first, &Result::bag_of_words), "", "", "",
                "bag of words, logistic regression: the yardstick"});
  std::printf("%s", table.ToText().c_str());
  if (first.size() > 1) {
    std::printf("Mean ± standard deviation over %d splits and heads.\n",
                static_cast<int>(first.size()));
  }
}

absl::Status DoAll(const std::vector<Experiment>& todo, CsvFile& file,
                   std::map<Key, Result>& results) {
  const InterruptGuard interrupt;
  for (const Experiment& experiment : todo) {
    const Key key = {experiment.number, experiment.options.seed};
    if (results.count(key) > 0) continue;
    const absl::StatusOr<Result> result = Do(experiment, interrupt);
    if (!result.ok()) return result.status();
    if (absl::Status s = file.AddRow(RowOf(experiment, *result)); !s.ok()) return s;
    results[key] = *result;
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<Experiment> Experiments(const ClassifyOptions& base) {
  std::vector<Experiment> all;
  const auto add = [&](const std::string& what,
                       const std::function<void(ClassifyOptions&)>& change) {
    all.push_back({absl::StrCat(all.size() + 1), what, base});
    change(all.back().options);
  };
  const auto random = [](ClassifyOptions& o) {
    if (!IsRandomStart(o.weights)) o.weights = o.weights.empty() ? "random" : "random:" + o.weights;
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
    o.learning_rate *= 2;
  });
  add("LoRA, rank 4, alpha 4", [](auto& o) {
    o.lora_rank = o.lora_alpha = 4;
    o.learning_rate *= 2;
  });
  add("QLoRA, rank 16, alpha 16", [](auto& o) {
    o.lora_rank = 16;
    o.qlora = true;
    o.learning_rate *= 2;
  });
  add("random weights", [&](auto& o) { random(o); });
  add("random weights, half as wide", [&](auto& o) {
    random(o);
    o.emb_dim = 64;
    o.n_heads = 4;
  });
  add("random weights, 1 layer", [&](auto& o) {
    random(o);
    o.n_layers = 1;
  });
  add("random weights, twice as wide", [&](auto& o) {
    random(o);
    o.emb_dim = 256;
    o.n_heads = 8;
  });
  add("without dropout", [](auto& o) { o.drop_rate = 0; });
  add("half of the texts as pieces", [](auto& o) { o.piece_rate = 0.5; });
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
  const absl::Status status = DoAll(*todo, *file, *results);
  PrintTable(*todo, *results);
  if (!status.ok()) return status;
  std::printf("Results     %s\n", path.c_str());
  return absl::OkStatus();
}

}  // namespace gokart
