#include "ch04_model/tour_page.h"

#include <unistd.h>

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ch03_attention/published_numbers.h"
#include "workshop/plot.h"
#include "workshop/section.h"
#include "workshop/terminal.h"
#include "workshop/text_plot.h"

namespace gokart {
namespace {

constexpr uint64_t kWorkshopSeed = 123;

}  // namespace

bool ModelTourPage::Comparable(Drawn drawn) const {
  return drawn == Drawn::kNot || options_.seed == kWorkshopSeed;
}

void ModelTourPage::Say(const std::string& difference) {
  ++(difference.empty() ? equal_ : different_);
  PrintBlock(difference.empty()
                 ? Dim("✓ the workshop's numbers", UseColor(STDOUT_FILENO))
                 : absl::StrCat("✗ differs from the workshop's numbers: ", difference));
}

void ModelTourPage::Compare(const Tensor& computed, const std::vector<double>& published,
                            Drawn drawn) {
  if (Comparable(drawn)) Say(DifferenceFromPublished(computed, published));
}

void ModelTourPage::Compare(const std::vector<double>& computed,
                            const std::vector<double>& published, int digits, Drawn drawn) {
  if (!Comparable(drawn)) return;
  std::string difference = computed.size() == published.size() ? "" : "their number";
  for (size_t i = 0; difference.empty() && i < computed.size(); ++i) {
    const double allowed = std::abs(published[i]) * std::pow(10, -digits);
    if (std::abs(computed[i] - published[i]) <= allowed) continue;
    difference = absl::StrFormat("%.10g instead of %.10g", computed[i], published[i]);
  }
  Say(difference);
}

void ModelTourPage::Compare(const std::vector<int64_t>& computed,
                            const std::vector<int64_t>& published, Drawn drawn) {
  if (!Comparable(drawn)) return;
  std::string difference = computed.size() == published.size() ? "" : "their number";
  for (size_t i = 0; difference.empty() && i < computed.size(); ++i) {
    if (computed[i] == published[i]) continue;
    difference = absl::StrCat(computed[i], " instead of ", published[i]);
  }
  Say(difference);
}

void ModelTourPage::Picture(const LineChart& chart, const std::string& name) {
  PrintBlock("\n" + TextPlot(chart, OptionsForStdout()));
  if (options_.folder.empty() || !picture_status_.ok()) return;
  const std::string path = options_.folder + "/" + name;
  picture_status_ = SavePlot(chart, path);
  if (picture_status_.ok()) pictures_.push_back(path);
}

absl::Status ModelTourPage::Finish() const {
  PrintSection("", "What this was");
  PrintProse(absl::StrFormat("%d of %d results equal the numbers printed in the workshop.", equal_,
                             equal_ + different_));
  if (options_.seed != kWorkshopSeed) {
    PrintProse(absl::StrFormat(
        "What depends on random numbers was not compared: the workshop's seed is %d, yours %d.",
        kWorkshopSeed, options_.seed));
  }
  if (!pictures_.empty()) PrintProse("\nPictures, as .svg and .png:");
  for (const std::string& path : pictures_) PrintBlock(path);
  if (absl::IsUnavailable(picture_status_)) {
    PrintProse(absl::StrCat("\nNo picture files: ", picture_status_.message()));
    return absl::OkStatus();
  }
  return picture_status_;
}

}  // namespace gokart
