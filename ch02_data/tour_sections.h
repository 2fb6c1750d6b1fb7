// The sections of the chapter's tour, in their order.

#ifndef GOKART_CH02_DATA_TOUR_SECTIONS_H_
#define GOKART_CH02_DATA_TOUR_SECTIONS_H_

#include "ch02_data/tour_page.h"

namespace gokart::data_tour {

// tour_words.cc
void ShowWhyNumbers(Page& page);    // 2.1
void ShowSplitting(Page& page);     // 2.2
void ShowWordIds(Page& page);       // 2.3
void ShowSpecialWords(Page& page);  // 2.4

// tour_byte_pairs.cc
void ShowGpt2Tokenizer(Page& page);   // 2.5
void ShowMergesOfAWord(Page& page);   // how it encodes
void ShowLearningMerges(Page& page);  // how it is trained (bonus: BPE from scratch)
void ShowScripts(Page& page);         // beside sentencepiece, in several scripts

// tour_batches.cc
void ShowWindows(Page& page);     // 2.6
void ShowLoader(Page& page);      // 2.6, exercise 2.2
void ShowShuffling(Page& page);   // bonus: data-loader intuition
void ShowCorpusFile(Page& page);  // larger than memory

// tour_embeddings.cc
void ShowTokenEmbeddings(Page& page);  // 2.7
void ShowPositions(Page& page);        // 2.8

}  // namespace gokart::data_tour

#endif  // GOKART_CH02_DATA_TOUR_SECTIONS_H_
