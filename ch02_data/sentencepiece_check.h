// Looks a sentencepiece .model over before the library gets it: the library trusts the compiled
// normalisation table in it, and a damaged one makes it read memory that is not its own.
//
//     if (absl::Status status = CheckSentencePieceModel(bytes); !status.ok()) return status;

#ifndef GOKART_CH02_DATA_SENTENCEPIECE_CHECK_H_
#define GOKART_CH02_DATA_SENTENCEPIECE_CHECK_H_

#include <string_view>

#include "absl/status/status.h"

namespace gokart {

/// OK if `model` has the outer form of a ModelProto (Protocol Buffers: a sequence of fields) and no
/// walk through its normalisation tables leaves them. Errors tell the byte or table entry.
absl::Status CheckSentencePieceModel(std::string_view model);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_SENTENCEPIECE_CHECK_H_
