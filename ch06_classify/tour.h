// The guided tour of chapter 6: a model that writes stories becomes one that sorts messages.
#ifndef GOKART_CH06_CLASSIFY_TOUR_H_
#define GOKART_CH06_CLASSIFY_TOUR_H_

#include <string>

#include "absl/status/status.h"
#include "workshop/tour.h"

namespace gokart {

/// Prints to standard output; about two minutes on two cores, in brief half a minute. `base_model`
/// is a pretrained model, as LoadTrainedModel takes it: without one, DefaultBaseModel(), which
/// takes three minutes the first time. The classifier stays in `options.folder`/classifier, if a
/// folder is given.
absl::Status ClassifyTour(const TourOptions& options, const std::string& base_model);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_TOUR_H_
