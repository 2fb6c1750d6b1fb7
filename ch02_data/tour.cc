#include "ch02_data/tour.h"

#include "ch02_data/tour_page.h"
#include "ch02_data/tour_sections.h"
#include "workshop/section.h"

namespace gokart {

absl::Status DataTour(const TourOptions& options) {
  data_tour::Page page(options);
  PrintChapter("Chapter 2: from text to tokens, batches and vectors");
  if (!options.brief) data_tour::ShowWhyNumbers(page);
  data_tour::ShowSplitting(page);
  if (!options.brief) {
    data_tour::ShowWordIds(page);
    data_tour::ShowSpecialWords(page);
  }
  data_tour::ShowGpt2Tokenizer(page);
  if (!options.brief) data_tour::ShowMergesOfAWord(page);
  data_tour::ShowLearningMerges(page);
  if (!options.brief) data_tour::ShowScripts(page);
  data_tour::ShowWindows(page);
  if (!options.brief) {
    data_tour::ShowLoader(page);
    data_tour::ShowShuffling(page);
    data_tour::ShowCorpusFile(page);
    data_tour::ShowTokenEmbeddings(page);
  }
  data_tour::ShowPositions(page);
  return page.Finish();
}

}  // namespace gokart
