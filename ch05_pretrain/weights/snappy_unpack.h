// Data compressed by Snappy, unpacked with bounds.
//
//   std::optional<std::string> text = SnappyUnpack(compressed, /*max_size=*/1 << 20);
//
// Format: https://github.com/google/snappy/blob/main/format_description.txt
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_SNAPPY_UNPACK_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_SNAPPY_UNPACK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gokart {

/// The data; nothing if they are broken or more than `max_size` bytes.
std::optional<std::string> SnappyUnpack(std::string_view compressed, uint64_t max_size);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_SNAPPY_UNPACK_H_
