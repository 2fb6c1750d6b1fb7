// The guided tour of chapter 1, which is also its doctor: what is installed, what this machine can
// do, and what that means for the chapters to come.

#ifndef GOKART_CH01_SETUP_TOUR_H_
#define GOKART_CH01_SETUP_TOUR_H_

#include "absl/status/status.h"
#include "workshop/tour.h"

namespace gokart {

/// Prints to standard output; takes about five seconds, most of them measuring. Fails if a package
/// is missing, after the last page; with `brief`, only says so.
absl::Status SetupTour(const TourOptions& options);

}  // namespace gokart

#endif  // GOKART_CH01_SETUP_TOUR_H_
