// Pairs of answers to tasks about the story world, of which one is better: what preference tuning
// (dpo_run.h) learns from where nobody names other data.
//
// Half of the pairs are about manners. Both answers are right, but a whole sentence is preferred to
// a curt word, which is what the model has learned from story_tasks.h:
//
//   What color was the ring?     chosen: "The ring was red."     rejected: "red"
//
// In the other half both have good manners, and one is wrong in a way that comes easily: a list
// that is not quite sorted, a sentence left as it was, a count that is off by one.
//
//   Sort the numbers. (nine, one, four)     chosen: "one, four, nine"     rejected: "one, nine,
//   four"
#ifndef GOKART_CH07_INSTRUCT_STORY_PREFERENCES_H_
#define GOKART_CH07_INSTRUCT_STORY_PREFERENCES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ch07_instruct/instruction_entry.h"
#include "ch07_instruct/task_words.h"

namespace gokart {

/// `count` entries with "chosen" (which is their output, too), "rejected", and "prefers", which
/// tells the half: "manners" or "truth". Parts are TaskGenerator's: no request of one is in the
/// other.
std::vector<InstructionEntry> StoryPreferences(uint64_t seed, TaskPart part, size_t count);

/// The set that ships with the project: `count` entries, of which the workshop's split in order
/// trains on the first 85% and holds out the rest.
std::vector<InstructionEntry> StoryPreferenceSet(uint64_t seed, size_t count);

/// The answer to a question about a story as a whole sentence: for "What color was the ring?" and
/// "red", "The ring was red."; nothing for a question of another form.
std::optional<std::string> WholeSentence(std::string_view question, std::string_view answer);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_STORY_PREFERENCES_H_
