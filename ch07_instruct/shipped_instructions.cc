#include "ch07_instruct/shipped_instructions.h"

#include <stdexcept>
#include <string>

#include "workshop/data/story_instructions.h"

namespace gokart {

const std::vector<InstructionEntry>& ShippedInstructions() {
  static const auto& entries = *[] {
    auto parsed = ParseInstructions(StoryInstructionsJson(), "story_instructions.json");
    if (!parsed.ok()) throw std::logic_error(std::string(parsed.status().message()));
    return new std::vector<InstructionEntry>(*std::move(parsed));
  }();
  return entries;
}

}  // namespace gokart
