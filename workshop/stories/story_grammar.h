// The text of story_grammar.txt, compiled into the program. stories.h makes stories of it.
#ifndef GOKART_WORKSHOP_STORIES_STORY_GRAMMAR_H_
#define GOKART_WORKSHOP_STORIES_STORY_GRAMMAR_H_

#include <string_view>

namespace gokart {

std::string_view StoryGrammarText();

}  // namespace gokart

#endif  // GOKART_WORKSHOP_STORIES_STORY_GRAMMAR_H_
