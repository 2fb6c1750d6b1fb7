#include "ch05_pretrain/tour.h"

#include <memory>

#include "ch05_pretrain/tour_sections.h"
#include "workshop/section.h"

namespace gokart {

absl::Status PretrainTour(const TourOptions& options) {
  PrintChapter("Chapter 5: pretraining on unlabelled text");
  std::unique_ptr<PretrainRun> run;
  if (absl::Status s = ShowUntrainedModel(options); !s.ok()) return s;
  if (absl::Status s = ShowTraining(options, run); !s.ok()) return s;
  if (!run->finished()) return absl::CancelledError("the tour was interrupted");
  if (absl::Status s = ShowFloor(options, *run); !s.ok()) return s;
  if (absl::Status s = ShowDecoding(options, *run); !s.ok()) return s;
  return ShowCheckpoint(*run);
}

}  // namespace gokart
