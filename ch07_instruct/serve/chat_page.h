// The chat page: chat_page.html, compiled into the program.
#ifndef GOKART_CH07_INSTRUCT_SERVE_CHAT_PAGE_H_
#define GOKART_CH07_INSTRUCT_SERVE_CHAT_PAGE_H_

#include <string_view>

namespace gokart {

/// One HTML file with its styles and its script; it asks for nothing from elsewhere.
std::string_view ChatPage();

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_SERVE_CHAT_PAGE_H_
