// What the sections of the chapter's tour print: matrices with names, whether they equal the
// numbers printed in the workshop, and pictures.
//
//   TourPage page(options);
//   page.Show("Context vectors", context, page.words(), {}, {0.4421, 0.5931, ...});
//   return page.Finish();
#ifndef GOKART_CH03_ATTENTION_TOUR_PAGE_H_
#define GOKART_CH03_ATTENTION_TOUR_PAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tensor/tensor.h"
#include "workshop/chart.h"
#include "workshop/tour.h"

namespace gokart {

class TourPage {
 public:
  explicit TourPage(const TourOptions& options) : options_(options) {}

  const TourOptions& options() const { return options_; }

  /// Prints a vector or matrix with four decimals under a line of text, with names at rows and
  /// columns where given; of large ones the beginning and the end. Then says whether the numbers
  /// equal `published`, if there are any.
  void Show(const std::string& text, const Tensor& matrix, const std::vector<std::string>& rows,
            const std::vector<std::string>& columns, const std::vector<double>& published = {});

  /// The published numbers, if they hold: those that depend on random numbers do for the workshop's
  /// seed only.
  std::vector<double> IfSeeded(std::vector<double> published) const;

  /// The workshop takes another seed, 789, for SelfAttentionV2.
  uint64_t seed_of_v2() const { return options_.seed + (789 - 123); }

  /// Draws to the terminal, and as `name`.svg and `name`.png into the tour's folder if it has one.
  void Picture(const HeatMap& picture, const std::string& name);

  /// Prints how many results were compared, and FinishPictures().
  absl::Status Finish() const;

  /// Names the pictures that were made. Returns the first error of writing one; a machine without
  /// gnuplot makes none, which is no error.
  absl::Status FinishPictures() const;

 private:
  TourOptions options_;
  int equal_ = 0, different_ = 0;
  std::vector<std::string> pictures_;
  absl::Status picture_status_;
};

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_TOUR_PAGE_H_
