// The sections of the chapter's tour, in the workshop's order. Each prints itself and needs no
// other.
#ifndef GOKART_CH04_MODEL_TOUR_SECTIONS_H_
#define GOKART_CH04_MODEL_TOUR_SECTIONS_H_

#include "ch04_model/tour_page.h"

namespace gokart::model_tour {

// tour_layers.cc
void ShowLayerNorm(ModelTourPage& page);    // 4.2
void ShowFeedForward(ModelTourPage& page);  // 4.3
void ShowShortcuts(ModelTourPage& page);    // 4.4

// tour_model.cc
void ShowOutline(ModelTourPage& page);           // 4.1
void ShowTransformerBlock(ModelTourPage& page);  // 4.5, exercise 4.1
void ShowModelAndText(ModelTourPage& page);      // 4.6, 4.7, with one and the same model
void ShowSizes(ModelTourPage& page);             // exercise 4.2 and the bonus material on FLOPs
void ShowAttentionKinds(ModelTourPage& page);    // beyond the workshop
void ShowSpeed(ModelTourPage& page);             // beyond the workshop

}  // namespace gokart::model_tour

#endif  // GOKART_CH04_MODEL_TOUR_SECTIONS_H_
