// Numbers of a file brought into the layout of the engine: converted, transposed, several threads
// at once.
//
//   CopyRows(tensor, {"h.0.attn.c_attn.weight", true, 1, 3}, shape, 0, shape[0], out);
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_COPY_WEIGHTS_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_COPY_WEIGHTS_H_

#include <cstdint>

#include "ch05_pretrain/weights/gpt_names.h"
#include "tensor/shape.h"
#include "tensor/stored_tensor.h"

namespace gokart {

/// Writes the rows [begin, begin + count) of the parameter of this shape that is at `place` of
/// `tensor`, whose shape must be StoredShape() and whose type a floating-point one.
void CopyRows(const StoredTensor& tensor, const StoredPlace& place, const Shape& shape,
              int64_t begin, int64_t count, float* out);

/// Where the parameter lies in `tensor`, row-major and as floats that need no conversion; nullptr
/// if it does not.
const float* PartInPlace(const StoredTensor& tensor, const StoredPlace& place, const Shape& shape);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_COPY_WEIGHTS_H_
