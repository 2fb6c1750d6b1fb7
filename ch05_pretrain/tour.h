// The guided tour of chapter 5: what a loss is, how a model learns, and how text is drawn from it.
#ifndef GOKART_CH05_PRETRAIN_TOUR_H_
#define GOKART_CH05_PRETRAIN_TOUR_H_

#include "absl/status/status.h"
#include "workshop/tour.h"

namespace gokart {

/// Prints to standard output; about two minutes on two cores, most of it training. The trained
/// model stays in `options.folder`/stories, or goes with the tour if no folder is given.
absl::Status PretrainTour(const TourOptions& options);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_TOUR_H_
