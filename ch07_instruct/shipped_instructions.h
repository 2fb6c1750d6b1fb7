// The instructions and the preferences that ship with the project.
#ifndef GOKART_CH07_INSTRUCT_SHIPPED_INSTRUCTIONS_H_
#define GOKART_CH07_INSTRUCT_SHIPPED_INSTRUCTIONS_H_

#include <vector>

#include "ch07_instruct/instruction_entry.h"

namespace gokart {

/// The entries of workshop/data/story_instructions.json.
const std::vector<InstructionEntry>& ShippedInstructions();

/// The pairs of answers of workshop/data/story_preferences.json.
const std::vector<InstructionEntry>& ShippedPreferences();

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_SHIPPED_INSTRUCTIONS_H_
