// What the program's output goes to: a person's terminal, or a file or pipe.
//
//     if (UseColor(STDOUT_FILENO)) ...
//     WrapText(prose, ProseWidth(STDOUT_FILENO));

#ifndef GOKART_WORKSHOP_TERMINAL_H_
#define GOKART_WORKSHOP_TERMINAL_H_

namespace gokart {

/// Whether file descriptor `fd` is a terminal that understands cursor movement (TERM is not
/// "dumb").
bool IsTerminal(int fd);

/// Whether to write colours to `fd`: a terminal, and the user has not set NO_COLOR
/// (https://no-color.org: present and not empty).
bool UseColor(int fd);

/// Columns of the terminal at `fd`; where it is none, $COLUMNS, or else 80.
int TerminalWidth(int fd);

/// Columns for running text: the terminal's, but between 40 and 100, which is what reads well.
int ProseWidth(int fd);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_TERMINAL_H_
