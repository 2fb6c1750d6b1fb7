// The guided tour of chapter 7: from a model that writes stories to one that does what it is told.
#ifndef GOKART_CH07_INSTRUCT_TOUR_H_
#define GOKART_CH07_INSTRUCT_TOUR_H_

#include <string>

#include "absl/status/status.h"
#include "workshop/tour.h"

namespace gokart {

/// Prints to standard output; about two minutes on two cores. `base_model` is a pretrained model,
/// chapter 5's run "stories"; empty: DefaultBaseModel(), which takes two minutes more the first
/// time. The finetuned model stays in `options.folder`/instruct, or in the next free
/// runs/instruct-N if no folder is given.
absl::Status InstructTour(const TourOptions& options, const std::string& base_model);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_TOUR_H_
