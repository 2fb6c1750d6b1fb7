// Text from a file, made fit for a message on one line.
//
//   absl::StrCat(path, ": unknown field ", QuoteForMessage(name));  // model.bin: ... "a\nb"
#ifndef GOKART_TENSOR_QUOTE_FOR_MESSAGE_H_
#define GOKART_TENSOR_QUOTE_FOR_MESSAGE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace gokart {

/// Quoted, escaped and cut to 80 characters.
std::string QuoteForMessage(absl::string_view text);

}  // namespace gokart

#endif  // GOKART_TENSOR_QUOTE_FOR_MESSAGE_H_
