#include "ch07_instruct/story_tasks.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "ch07_instruct/task_families.h"

namespace gokart {
namespace {

// One entry in so many is held out.
constexpr uint64_t kHeldOutOneIn = 10;
// Draws of one task without a new entry after which it has no more.
constexpr int kPatience = 2000;

std::string Key(const InstructionEntry& entry) {
  return absl::StrCat(entry.instruction, "\n", entry.input);
}

}  // namespace

const std::vector<StoryTask>& StoryTasks() {
  static const auto& tasks = *new std::vector<StoryTask>{
      {"opposite", "big - small, sad - happy", "pairs", 1, DrawOpposite},
      {"plural", "one lamp - three lamps", "words", 1, DrawPlural},
      {"past", "they swim - they swam", "pairs", 1, DrawPast},
      {"category", "is blue a color or a food?", "words", 1, DrawCategory},
      {"count", "how many words are in a list", "lists", 1, DrawCount},
      {"sort", "numbers, up or down", "lists", 1.5, DrawSort},
      {"reverse", "a list turned around", "lists", 1, DrawReverse},
      {"pick", "first, last, or after another", "lists", 2, DrawPick},
      {"pronoun", "he or she for a name", "names", 1, DrawPronoun},
      {"rename", "a sentence about somebody else", "pairs", 1.5, DrawRename},
      {"passive", "passive voice", "pairs", 1, DrawPassive},
      {"sentence", "a sentence of three words", "pairs", 1, DrawSentence},
      {"who", "who in a story", "stories", 1, DrawWho},
      {"what", "what in a story", "stories", 1, DrawWhat},
      {"where", "where in a story", "stories", 1, DrawWhere},
      {"color", "what color in a story", "stories", 1, DrawColor},
      {"how-many", "how many in a story", "stories", 1, DrawHowMany},
      {"feeling", "how somebody felt in a story", "stories", 1, DrawFeeling},
      {"either-or", "which of two it was in a story", "stories", 1, DrawEitherOr},
      {"continue", "go on with given words", "stories", 2, DrawContinue},
  };
  return tasks;
}

TaskPart PartOf(const InstructionEntry& entry) {
  return StableHash(Key(entry)) % kHeldOutOneIn == 0 ? TaskPart::kHeldOut : TaskPart::kTrain;
}

InstructionEntry TaskGenerator::Next() {
  double total = 0;
  for (const StoryTask& task : StoryTasks()) total += task.weight;
  double at = static_cast<double>(uniform_.Below(1u << 24)) / (1u << 24) * total;
  size_t task = 0;
  while (task + 1 < StoryTasks().size() && at >= StoryTasks()[task].weight) {
    at -= StoryTasks()[task++].weight;
  }
  return Next(task);
}

InstructionEntry TaskGenerator::Next(size_t task) {
  for (;;) {
    InstructionEntry entry = StoryTasks()[task].draw(part_, uniform_);
    if (PartOf(entry) != part_) continue;
    entry.task = StoryTasks()[task].name;
    return entry;
  }
}

std::vector<InstructionEntry> TaskGenerator::Different(size_t count) {
  std::vector<InstructionEntry> entries;
  std::set<std::string> known;
  std::vector<bool> exhausted(StoryTasks().size());
  for (size_t task = 0; entries.size() < count; task = (task + 1) % StoryTasks().size()) {
    for (int tries = 0; !exhausted[task]; ++tries) {
      InstructionEntry entry = Next(task);
      exhausted[task] = tries >= kPatience;
      if (!known.insert(Key(entry)).second) continue;
      entries.push_back(std::move(entry));
      break;
    }
  }
  return PickSome(std::move(entries), count, uniform_);
}

std::vector<InstructionEntry> StoryInstructions(uint64_t seed, size_t count) {
  const auto train = static_cast<size_t>(static_cast<double>(count) * 0.85);
  std::vector<InstructionEntry> entries = TaskGenerator(seed, TaskPart::kTrain).Different(train);
  for (InstructionEntry& entry :
       TaskGenerator(seed + 1, TaskPart::kHeldOut).Different(count - train)) {
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace gokart
