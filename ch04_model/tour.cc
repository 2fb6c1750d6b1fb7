#include "ch04_model/tour.h"

#include "ch04_model/tour_page.h"
#include "ch04_model/tour_sections.h"
#include "workshop/section.h"

namespace gokart {

absl::Status ModelTour(const TourOptions& options) {
  ModelTourPage page(options);
  PrintChapter("Chapter 4: a GPT from its parts");
  if (!options.brief) {
    model_tour::ShowOutline(page);
    model_tour::ShowLayerNorm(page);
    model_tour::ShowFeedForward(page);
  }
  model_tour::ShowShortcuts(page);
  if (!options.brief) model_tour::ShowTransformerBlock(page);
  model_tour::ShowModelAndText(page);
  model_tour::ShowSizes(page);
  if (!options.brief) model_tour::ShowAttentionKinds(page);
  model_tour::ShowSpeed(page);
  return page.Finish();
}

}  // namespace gokart
