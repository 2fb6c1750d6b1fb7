// What the sections of the chapter's tour share: comparing with the numbers that are printed in the
// workshop, and pictures.
//
//   ModelTourPage page(options);
//   page.Compare(normalised, {0.6159, 1.4126, -0.8719, ...});
//   return page.Finish();
#ifndef GOKART_CH04_MODEL_TOUR_PAGE_H_
#define GOKART_CH04_MODEL_TOUR_PAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tensor/tensor.h"
#include "workshop/chart.h"
#include "workshop/tour.h"

namespace gokart {

/// Whether a result may differ when another seed than the workshop's is chosen.
enum class Drawn { kFromSeed, kNot };

class ModelTourPage {
 public:
  explicit ModelTourPage(const TourOptions& options) : options_(options) {}

  const TourOptions& options() const { return options_; }

  /// Say whether results equal those that the workshop prints: a tensor to four decimals, a number
  /// to `digits` significant ones, a count or ids exactly. Results drawn from another seed than the
  /// workshop's are not compared.
  void Compare(const Tensor& computed, const std::vector<double>& published,
               Drawn drawn = Drawn::kFromSeed);
  void Compare(const std::vector<double>& computed, const std::vector<double>& published,
               int digits, Drawn drawn = Drawn::kFromSeed);
  void Compare(const std::vector<int64_t>& computed, const std::vector<int64_t>& published,
               Drawn drawn);

  /// Draws to the terminal, and as `name`.svg and `name`.png into the tour's folder if it has one.
  void Picture(const LineChart& chart, const std::string& name);

  /// Prints how many results were compared and which pictures were made. Returns the first error of
  /// writing one; a machine without gnuplot makes none, which is no error.
  absl::Status Finish() const;

 private:
  void Say(const std::string& difference);
  bool Comparable(Drawn drawn) const;

  TourOptions options_;
  int equal_ = 0, different_ = 0;
  std::vector<std::string> pictures_;
  absl::Status picture_status_;
};

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_TOUR_PAGE_H_
