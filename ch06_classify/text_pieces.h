// Pieces of texts to train on, so that a classifier learns to judge by a few words, too.
//
//   TokenIds pieces = PiecesOfTexts(batch.inputs, /*pad_id=*/50256, {.rate = 0.5}, generator);
#ifndef GOKART_CH06_CLASSIFY_TEXT_PIECES_H_
#define GOKART_CH06_CLASSIFY_TEXT_PIECES_H_

#include <cstdint>

#include "ch02_data/dataset.h"
#include "tensor/random.h"

namespace gokart {

struct TextPiecesOptions {
  double rate = 0;        ///< of how many texts only a piece is left, 0 to 1
  double shortest = 0.3;  ///< the shortest piece, as a part of the text
};

/// Rows [B, T] in which some texts are replaced by a run of their tokens, from a random place and
/// of a random length, moved to the front and filled up with pad_id. Draws three numbers for each
/// row. Throws std::invalid_argument unless both options lie between 0 and 1.
TokenIds PiecesOfTexts(const TokenIds& ids, int32_t pad_id, const TextPiecesOptions& options,
                       Generator& generator);

}  // namespace gokart

#endif  // GOKART_CH06_CLASSIFY_TEXT_PIECES_H_
