// The short story that chapters 2 and 5 work on when they are given no other text.
//
//   std::string_view text = ShortStory();   // "IT was always said at the Corinthian that Ambrose
//   ..."
//
// "The Prompter" was written for this project, in the manner of the magazine stories of a century
// ago, to take the place of the story that the workshop downloads: of its length (about 20,000
// characters), pure ASCII, with dialogue, dashes, italics between underscores and every mark of
// punctuation that the workshop's first tokenizer splits at. It is embedded in the program.
#ifndef GOKART_WORKSHOP_DATA_SHORT_STORY_H_
#define GOKART_WORKSHOP_DATA_SHORT_STORY_H_

#include <string_view>

namespace gokart {

/// short_story.txt, byte for byte: paragraphs on one line each, blank lines between them.
std::string_view ShortStory();

}  // namespace gokart

#endif  // GOKART_WORKSHOP_DATA_SHORT_STORY_H_
