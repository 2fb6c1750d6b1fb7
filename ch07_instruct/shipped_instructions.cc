#include "ch07_instruct/shipped_instructions.h"

#include <stdexcept>
#include <string>
#include <string_view>

#include "workshop/data/story_instructions.h"
#include "workshop/data/story_preferences.h"

namespace gokart {

namespace {

std::vector<InstructionEntry> Parse(std::string_view json, const std::string& name) {
  absl::StatusOr<std::vector<InstructionEntry>> parsed = ParseInstructions(json, name);
  if (!parsed.ok()) throw std::logic_error(std::string(parsed.status().message()));
  return *std::move(parsed);
}

}  // namespace

const std::vector<InstructionEntry>& ShippedInstructions() {
  static const auto& entries =
      *new std::vector<InstructionEntry>(Parse(StoryInstructionsJson(), "story_instructions.json"));
  return entries;
}

const std::vector<InstructionEntry>& ShippedPreferences() {
  static const auto& entries =
      *new std::vector<InstructionEntry>(Parse(StoryPreferencesJson(), "story_preferences.json"));
  return entries;
}

}  // namespace gokart
