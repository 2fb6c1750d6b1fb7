// The sections of chapter 5's tour.
#ifndef GOKART_CH05_PRETRAIN_TOUR_SECTIONS_H_
#define GOKART_CH05_PRETRAIN_TOUR_SECTIONS_H_

#include "absl/status/status.h"
#include "ch05_pretrain/pretrain_run.h"
#include "workshop/tour.h"

namespace gokart {

/// 5.1.1, 5.1.2: an untrained GPT-2, its text, its loss and its perplexity.
absl::Status ShowUntrainedModel(const TourOptions& options);
/// 5.1.3, 5.2: pretrains the laptop model on stories; `run` is the trained run.
absl::Status ShowTraining(const TourOptions& options, std::unique_ptr<PretrainRun>& run);
/// 5.2: the trained model against the entropy of its texts.
absl::Status ShowFloor(const TourOptions& options, PretrainRun& run);
/// 5.3: temperature, top-k and top-p.
absl::Status ShowDecoding(const TourOptions& options, PretrainRun& run);
/// 5.4: saving and loading.
absl::Status ShowCheckpoint(PretrainRun& run);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_TOUR_SECTIONS_H_
