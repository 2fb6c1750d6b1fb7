// The guided tour of chapter 3: attention from a weighted sum to the multi-head attention of a GPT,
// computed live with the workshop's inputs and seeds.
//
//   absl::Status status = AttentionTour({.folder = "runs/attention-1", .seed = 123});
#ifndef GOKART_CH03_ATTENTION_TOUR_H_
#define GOKART_CH03_ATTENTION_TOUR_H_

#include "absl/status/status.h"
#include "workshop/tour.h"

namespace gokart {

/// Prints to standard output; takes a few seconds. With `brief`, the main steps only. Fails when a
/// picture cannot be written to the folder.
absl::Status AttentionTour(const TourOptions& options);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_TOUR_H_
