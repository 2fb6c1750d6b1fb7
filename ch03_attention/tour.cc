#include "ch03_attention/tour.h"

#include "ch03_attention/tour_page.h"
#include "ch03_attention/tour_sections.h"
#include "workshop/section.h"

namespace gokart {

absl::Status AttentionTour(const TourOptions& options) {
  TourPage page(options);
  PrintChapter("Chapter 3: attention");
  ShowProblem();
  if (!options.brief) ShowOneContextVector(page);
  ShowSimplifiedSelfAttention(page);
  if (!options.brief) {
    ShowTrainableWeightsStepByStep(page);
    ShowSelfAttentionClasses(page);
    ShowCausalMask(page);
    ShowDropout(page);
  }
  ShowCausalAttention(page);
  if (!options.brief) {
    ShowStackOfHeads(page);
    ShowBatchedProduct(page);
  }
  ShowMultiHeadAttention(page);
  ShowFusedAttention(page);
  return page.Finish();
}

}  // namespace gokart
