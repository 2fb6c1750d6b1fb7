#include "ch03_attention/tour_page.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch03_attention/published_numbers.h"
#include "workshop/plot.h"
#include "workshop/section.h"
#include "workshop/terminal.h"
#include "workshop/text_plot.h"
#include "workshop/text_width.h"

namespace gokart {
namespace {

constexpr uint64_t kWorkshopSeed = 123;

int Widest(const std::vector<std::string>& names) {
  int widest = 0;
  for (const std::string& name : names) widest = std::max(widest, DisplayWidth(name));
  return widest;
}

constexpr int64_t kSkipped = -1;

// The indices 0 ... n - 1, or the first and last of them if they are more than `most`.
std::vector<int64_t> Abbreviated(int64_t n, int64_t most) {
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < n; ++i) {
    const bool skip = n > most && i >= most / 2 && i < n - (most - most / 2 - 1);
    if (!skip) {
      indices.push_back(i);
    } else if (indices.back() != kSkipped) {
      indices.push_back(kSkipped);
    }
  }
  return indices;
}

// Four decimals in aligned columns, names above and before; a vector is a matrix of one row.
std::string ToText(const Tensor& matrix, const std::vector<std::string>& rows,
                   const std::vector<std::string>& columns) {
  const int64_t num_columns = matrix.dim(-1), num_rows = matrix.size() / num_columns;
  const std::vector<int64_t> shown = Abbreviated(num_columns, 8);
  const int margin = std::max(rows.empty() ? 0 : 3, Widest(rows));
  const int width = std::max(7, Widest(columns)) + 2;
  std::string text;
  if (!columns.empty()) {
    text += std::string(margin, ' ');
    for (const int64_t c : shown) text += PadLeft(c == kSkipped ? "..." : columns[c], width);
    text += "\n";
  }
  for (const int64_t r : Abbreviated(num_rows, 40)) {
    if (r == kSkipped) {
      text += "...\n";
      continue;
    }
    text += PadRight(rows.empty() ? "" : rows[r], margin);
    for (const int64_t c : shown) {
      text += c == kSkipped ? PadLeft("...", width)
                            : absl::StrFormat("%*.4f", width, matrix.data()[r * num_columns + c]);
    }
    text += "\n";
  }
  return text;
}

}  // namespace

void TourPage::Show(const std::string& text, const Tensor& matrix,
                    const std::vector<std::string>& rows, const std::vector<std::string>& columns,
                    const std::vector<double>& published) {
  PrintProse("\n" + text);
  PrintBlock(ToText(matrix, rows, columns));
  if (published.empty()) return;
  const std::string difference = DifferenceFromPublished(matrix, published);
  ++(difference.empty() ? equal_ : different_);
  PrintBlock(difference.empty()
                 ? Dim("✓ the workshop's numbers", UseColor(STDOUT_FILENO))
                 : absl::StrCat("✗ differs from the workshop's numbers: ", difference));
}

std::vector<double> TourPage::IfSeeded(std::vector<double> published) const {
  return options_.seed == kWorkshopSeed ? std::move(published) : std::vector<double>();
}

void TourPage::Picture(const HeatMap& picture, const std::string& name) {
  std::printf("\n");
  PrintBlock(TextPlot(picture, OptionsForStdout()));
  if (options_.folder.empty() || !picture_status_.ok()) return;
  const std::string path = options_.folder + "/" + name;
  picture_status_ = SavePlot(picture, path);
  if (picture_status_.ok()) pictures_.push_back(path);
}

absl::Status TourPage::Finish() const {
  PrintSection("", "What this was");
  PrintProse(absl::StrFormat(
      "%d of %d results equal the numbers printed in the workshop, to four decimals.", equal_,
      equal_ + different_));
  if (options_.seed != kWorkshopSeed) {
    PrintProse(absl::StrFormat(
        "What depends on random numbers was not compared: the workshop's seed is %d, yours %d.",
        kWorkshopSeed, options_.seed));
  }
  return FinishPictures();
}

absl::Status TourPage::FinishPictures() const {
  if (!pictures_.empty()) {
    PrintProse("\nPictures of the attention weights, as .svg and .png:");
    for (const std::string& path : pictures_) PrintBlock(path);
  }
  if (absl::IsUnavailable(picture_status_)) {
    PrintProse(absl::StrCat("\nNo picture files: ", std::string(picture_status_.message())));
    return absl::OkStatus();
  }
  return picture_status_;
}

}  // namespace gokart
