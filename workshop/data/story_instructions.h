// The project's instruction set: 2,000 small tasks about the story world, for chapter 7.
#ifndef GOKART_WORKSHOP_DATA_STORY_INSTRUCTIONS_H_
#define GOKART_WORKSHOP_DATA_STORY_INSTRUCTIONS_H_

#include <string_view>

namespace gokart {

/// A JSON list of {instruction, input, output, task}, as `ch07_instruct make-data` writes it with
/// its defaults. Of the entries, in order, 85% are to train, 10% to test, 5% to validate; what is
/// held out shares no instruction-input pair with the rest.
std::string_view StoryInstructionsJson();

}  // namespace gokart

#endif  // GOKART_WORKSHOP_DATA_STORY_INSTRUCTIONS_H_
