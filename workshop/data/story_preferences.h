// The project's preference pairs: 1,000 tasks about the story world, each with a better answer and
// a worse one, for chapter 7.
#ifndef GOKART_WORKSHOP_DATA_STORY_PREFERENCES_H_
#define GOKART_WORKSHOP_DATA_STORY_PREFERENCES_H_

#include <string_view>

namespace gokart {

/// A JSON list of {instruction, input, output, task, chosen, rejected, prefers}, as `ch07_instruct
/// make-data --preferences` writes it with its defaults. Of the entries, in order, 85% are to
/// train, 10% to test, 5% to validate; no request of the first part is among the others.
std::string_view StoryPreferencesJson();

}  // namespace gokart

#endif  // GOKART_WORKSHOP_DATA_STORY_PREFERENCES_H_
