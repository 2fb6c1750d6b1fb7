// Rows of a table looked up by id, and the gradient of the table.
//
//   EmbeddingForward(B * T, C, table, ids, y);
//
// Ids are in [0, vocab); the caller checks.
#ifndef GOKART_TENSOR_KERNELS_EMBEDDING_H_
#define GOKART_TENSOR_KERNELS_EMBEDDING_H_

#include <cstdint>

namespace gokart::kernels {

/// y[i, :] = table[ids[i], :]. table: [vocab, c]; ids: [n]; y: [n, c].
void EmbeddingForward(int64_t n, int64_t c, const float* table, const int32_t* ids, float* y);

/// dtable[id, :] = sum of dy[i, :] over the positions i with ids[i] = id, in order of position; 0
/// for ids that do not occur, or, to accumulate, left as it is. dy: [n, c]; dtable: [vocab, c].
void EmbeddingBackward(int64_t n, int64_t c, int64_t vocab, const int32_t* ids, const float* dy,
                       float* dtable, bool accumulate);

}  // namespace gokart::kernels

#endif  // GOKART_TENSOR_KERNELS_EMBEDDING_H_
