// "Did you mean ...?"
//
//     NearestName("batchsize", {"batch_size", "seed"}) == "batch_size"

#ifndef GOKART_WORKSHOP_NEAREST_NAME_H_
#define GOKART_WORKSHOP_NEAREST_NAME_H_

#include <string>
#include <vector>

namespace gokart {

/// Of `names` the one that `name` is most likely a mistyping or the start of; empty if none is
/// near. Upper and lower case, - and _ are not told apart.
std::string NearestName(const std::string& name, const std::vector<std::string>& names);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_NEAREST_NAME_H_
