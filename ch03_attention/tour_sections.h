// The sections of the chapter's tour, in the workshop's order. Each prints itself and needs no
// other.
#ifndef GOKART_CH03_ATTENTION_TOUR_SECTIONS_H_
#define GOKART_CH03_ATTENTION_TOUR_SECTIONS_H_

#include "ch03_attention/tour_page.h"

namespace gokart {

// tour_self_attention.cc
void ShowProblem();                                   // 3.1 and 3.2
void ShowOneContextVector(TourPage& page);            // 3.3.1
void ShowSimplifiedSelfAttention(TourPage& page);     // 3.3.2
void ShowTrainableWeightsStepByStep(TourPage& page);  // 3.4.1
void ShowSelfAttentionClasses(TourPage& page);        // 3.4.2, exercise 3.1

// tour_causal_attention.cc
void ShowCausalMask(TourPage& page);       // 3.5.1
void ShowDropout(TourPage& page);          // 3.5.2
void ShowCausalAttention(TourPage& page);  // 3.5.3

// tour_multi_head_attention.cc
void ShowStackOfHeads(TourPage& page);        // 3.6.1, exercise 3.2
void ShowBatchedProduct(TourPage& page);      // 3.6.2
void ShowMultiHeadAttention(TourPage& page);  // 3.6.2, exercise 3.3
void ShowFusedAttention(TourPage& page);      // beyond the workshop

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_TOUR_SECTIONS_H_
