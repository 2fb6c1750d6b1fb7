#include "ch05_pretrain/weights/weight_info.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "ch05_pretrain/weights/gpt_names.h"
#include "ch05_pretrain/weights/load_model.h"
#include "nlohmann/json.hpp"
#include "tensor/quote_for_message.h"
#include "workshop/human.h"
#include "workshop/table.h"

namespace gokart {
namespace {

constexpr size_t kMaxValue = 60;  // of metadata: characters that are shown

std::string Line(const std::string& label, const std::string& text) {
  std::string padded = label;
  padded.resize(std::max<size_t>(15, label.size() + 1), ' ');
  return absl::StrCat(padded, text, "\n");
}

// A name as it is, unless it could upset a terminal.
std::string Shown(const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' '; });
  return plain && text.size() <= kMaxValue ? text : QuoteForMessage(text.substr(0, kMaxValue));
}

std::string SizeOfFiles(const WeightFile& file) {
  double bytes = 0;
  for (const auto& mapped : file.files) bytes += static_cast<double>(mapped->bytes().size());
  return FormatBytes(bytes);
}

std::string Numbers(const WeightFile& file) {
  std::map<std::string, int64_t> by_type;
  int64_t total = 0;
  for (const StoredTensor& tensor : file.tensors) {
    by_type[std::string(DTypeName(tensor.dtype))] += tensor.size();
    total += tensor.size();
  }
  std::vector<std::string> types;
  for (const auto& [type, count] : by_type) {
    types.push_back(absl::StrCat(FormatCount(count), " ", type));
  }
  return absl::StrCat(FormatCount(total), " in ", file.tensors.size(), " tensors",
                      types.empty() ? "" : absl::StrCat(": ", absl::StrJoin(types, ", ")));
}

// The configuration, found or inferred, and how many parameters it makes.
std::string Configuration(const WeightFile& file, std::optional<int64_t> n_heads) {
  const std::optional<GptNaming> naming = FindNaming(file.tensors);
  if (!naming) return Line("Configuration", "none of a GPT-2");
  std::string lines = Line("Names", GptNamingText(*naming));
  std::vector<std::string> notes;
  const absl::StatusOr<GptConfig> config =
      ConfigOf(file, {.trainable = true, .n_heads = n_heads}, notes);
  if (!config.ok()) {
    return lines + Line("Configuration", std::string(config.status().message()));
  }
  int64_t parameters = 0;
  for (const GptParameter& parameter : GptParameters(*config)) {
    int64_t size = 1;
    for (const int64_t d : parameter.shape) size *= d;
    parameters += size;
  }
  std::vector<std::string> fields;
  const nlohmann::json json = GptConfigToJson(*config);
  for (const auto& [name, value] : json.items()) {
    fields.push_back(absl::StrCat(name, " ", value.dump()));
  }
  lines += Line("Configuration", absl::StrJoin(fields, ", "));
  lines += Line("", file.config_source.empty() ? "inferred from the shapes"
                                               : absl::StrCat("from ", file.config_source));
  for (const std::string& note : notes) lines += Line("", note);
  return lines + Line("Parameters", FormatCount(parameters));
}

// The sum, the smallest and the largest of a tensor's numbers.
template <typename Number>
std::vector<std::string> SumsOf(const std::vector<Number>& numbers) {
  if (numbers.empty()) return {"0", "-", "-"};
  double sum = 0;
  for (const Number x : numbers) sum += static_cast<double>(x);
  const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
  const auto text = [](double x) { return absl::StrFormat("%.7g", x); };
  return {text(sum), text(static_cast<double>(*least)), text(static_cast<double>(*most))};
}

std::string TensorTableText(const WeightFile& file, bool sums) {
  const bool several = file.files.size() > 1;
  std::vector<std::string> columns = {"tensor", "type", "shape", "offset"};
  if (sums) columns.insert(columns.end(), {"sum", "smallest", "largest"});
  if (several) columns.push_back("file");
  Table table(columns);
  for (const StoredTensor& tensor : file.tensors) {
    const std::optional<int64_t> offset = file.OffsetOf(tensor);
    std::vector<std::string> row = {Shown(tensor.name), std::string(DTypeName(tensor.dtype)),
                                    ShapeText(tensor.shape),
                                    offset ? FormatCount(*offset) : "gathered"};
    if (sums) {
      const bool real = IsFloatingPoint(tensor.dtype);
      for (std::string& cell : real ? SumsOf(tensor.Floats()) : SumsOf(tensor.Int64s())) {
        row.push_back(std::move(cell));
      }
      file.GivePagesBack(tensor);
    }
    if (several) {
      const auto mapped = file.FileOf(tensor);
      row.push_back(mapped == nullptr ? "-"
                                      : std::filesystem::path(mapped->path()).filename().string());
    }
    table.AddRow(row);
  }
  return table.ToText();
}

}  // namespace

std::string DescribeWeights(const WeightFile& file, const DescribeOptions& options) {
  std::string page = Line("File", file.path);
  page += Line("Format", absl::StrCat(file.format, ", ", SizeOfFiles(file)));
  page += Configuration(file, options.n_heads);
  page += Line("Numbers", Numbers(file));
  for (const auto& [key, value] : file.metadata) {
    page += Line("Metadata", absl::StrCat(Shown(key), ": ", Shown(value)));
  }
  return absl::StrCat(page, "\n", TensorTableText(file, options.sums));
}

}  // namespace gokart
