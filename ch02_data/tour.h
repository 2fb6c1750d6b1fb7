// The guided tour of chapter 2: from text to the vectors that a GPT reads, computed live with the
// workshop's examples and seeds.
//
//     absl::Status status = DataTour({.folder = "runs/data-1", .seed = 123});

#ifndef GOKART_CH02_DATA_TOUR_H_
#define GOKART_CH02_DATA_TOUR_H_

#include "absl/status/status.h"
#include "workshop/tour.h"

namespace gokart {

/// Prints to standard output; takes about five seconds. With `brief`, the main steps only. Works on
/// the story that ships with the project, and beside it on The Verdict, the workshop's text, if
/// that was downloaded. Where GPT-2's vocabulary is missing, what needs it is left out. Fails when
/// something cannot be written to the folder.
absl::Status DataTour(const TourOptions& options);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_TOUR_H_
