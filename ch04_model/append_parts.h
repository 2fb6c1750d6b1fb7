// Putting the named parameters of layers together to those of a model.
//
//   std::vector<NamedPart> parts;
//   AppendParts("norm1.", WholeParts(norm1), parts);  // norm1.scale, norm1.shift
#ifndef GOKART_CH04_MODEL_APPEND_PARTS_H_
#define GOKART_CH04_MODEL_APPEND_PARTS_H_

#include <string>
#include <utility>
#include <vector>

#include "tensor/nn/named_part.h"

namespace gokart {

/// Adds `parts` to `out`, with `prefix` before their names.
inline void AppendParts(const std::string& prefix, std::vector<NamedPart> parts,
                        std::vector<NamedPart>& out) {
  for (NamedPart& part : parts) {
    part.name = prefix + part.name;
    out.push_back(std::move(part));
  }
}

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_APPEND_PARTS_H_
