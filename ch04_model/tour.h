// The guided tour of chapter 4: a GPT from its parts, computed live with the workshop's inputs and
// seeds.
//
//   absl::Status status = ModelTour({.folder = "runs/model-1", .seed = 123});
#ifndef GOKART_CH04_MODEL_TOUR_H_
#define GOKART_CH04_MODEL_TOUR_H_

#include "absl/status/status.h"
#include "workshop/tour.h"

namespace gokart {

/// Prints to standard output; takes about ten seconds and 700 MB of memory, since the workshop's
/// model of 163 million parameters is made. With `brief`, the main steps only. Fails when a picture
/// cannot be written to the folder.
absl::Status ModelTour(const TourOptions& options);

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_TOUR_H_
