// Where a command's text comes from: its arguments, a flag, files, or standard input.
//
//     TextSource source{.arguments = {"Hello,", "world"}};
//     absl::StatusOr<std::vector<NamedText>> texts = ReadTexts(source);
//     (*texts)[0].text == "Hello, world"

#ifndef GOKART_CH02_DATA_TEXT_SOURCE_H_
#define GOKART_CH02_DATA_TEXT_SOURCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart {

struct TextSource {
  /// Words on the command line; together, with spaces between them, they are the text.
  std::vector<std::string> arguments = {};
  /// The text itself.
  std::string string = {};
  /// A file, a folder, a pattern such as books/*.txt, or - for standard input.
  std::string files = {};
  /// Nothing of these: the story that ships with the project instead of standard input.
  bool story_if_none = false;

  bool IsGiven() const { return !arguments.empty() || !string.empty() || !files.empty(); }
};

struct NamedText {
  std::string name;
  std::string text;
};

/// Error: text is given in two ways; a file cannot be read; nothing is given and standard input is
/// a terminal.
absl::StatusOr<std::vector<NamedText>> ReadTexts(const TextSource& source);

/// The paths of the files, to read them in a stream; "-" for standard input. Error as above, or
/// text that is not in files.
absl::StatusOr<std::vector<std::string>> TextPaths(const TextSource& source);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_TEXT_SOURCE_H_
