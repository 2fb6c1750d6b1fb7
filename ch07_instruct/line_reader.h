// Lines that a person types: on a terminal with editing and a history (arrow keys, Ctrl-A, Ctrl-R,
// ...), from a file or pipe as they come.
#ifndef GOKART_CH07_INSTRUCT_LINE_READER_H_
#define GOKART_CH07_INSTRUCT_LINE_READER_H_

#include <optional>
#include <string>

namespace gokart {

class LineReader {
 public:
  LineReader();

  /// The next line without its end; nothing at the end of the input (Ctrl-D). The prompt is only
  /// shown on a terminal. There, Ctrl-C drops what was typed so far: an empty line is returned.
  std::optional<std::string> Read(const std::string& prompt);

  bool on_terminal() const { return on_terminal_; }

 private:
  bool on_terminal_;
};

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_LINE_READER_H_
