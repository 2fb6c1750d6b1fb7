// Takes a page's code blocks and table of exercises over into its translation.
//
//     absl::StatusOr<std::string> text = WithBlocksOf(english, korean);
//
// For pages whose commands, outputs or exercises have changed and whose words have not:
// `bazel run //docs:sync_translations` does it for all translations.

#ifndef GOKART_DOCS_TRANSLATION_SYNC_H_
#define GOKART_DOCS_TRANSLATION_SYNC_H_

#include <string>

#include "absl/status/statusor.h"

namespace gokart::docs {

/// `translation` with each code block (its notes included) and the table of exercises as they are
/// in `original`. Error: the two have different numbers of them, so that somebody has to look.
absl::StatusOr<std::string> WithBlocksOf(const std::string& original,
                                         const std::string& translation);

}  // namespace gokart::docs

#endif  // GOKART_DOCS_TRANSLATION_SYNC_H_
