// Tasks for a model that knows nothing but the story world: entries with an exact answer, or with a
// condition that can be checked, as many as one wants.
//
//   TaskGenerator generator(/*seed=*/123, TaskPart::kTrain);
//   InstructionEntry entry = generator.Next();
//   entry.task                    // "past"
//   entry.instruction             // "Write it in the past."
//   entry.input                   // "Mia and Otto swim by the lake."
//   entry.output                  // "Mia and Otto swam by the lake."
//
// No entry of one part has the instruction and input of an entry of the other: each is of the part
// that a hash of its text says. Some tasks keep words back besides, which training never shows in
// that task: the model has to know them from the stories it was pretrained on.
#ifndef GOKART_CH07_INSTRUCT_STORY_TASKS_H_
#define GOKART_CH07_INSTRUCT_STORY_TASKS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ch07_instruct/instruction_entry.h"
#include "ch07_instruct/task_words.h"
#include "workshop/stories/sampler.h"

namespace gokart {

struct StoryTask {
  std::string name;
  std::string asks;   ///< for people: "plurals of things"
  std::string news;   ///< what is new in held-out entries: "words", "stories", "pairs"
  double weight = 1;  ///< its share of a training set
  std::function<InstructionEntry(TaskPart, Uniform&)> draw;
};

/// All of them, in the order of their tables.
const std::vector<StoryTask>& StoryTasks();

/// The part that an entry belongs to, by its instruction and input.
TaskPart PartOf(const InstructionEntry& entry);

class TaskGenerator {
 public:
  TaskGenerator(uint64_t seed, TaskPart part) : part_(part), uniform_(seed) {}

  /// An entry of a task drawn by weight, or of task number `task`.
  InstructionEntry Next();
  InstructionEntry Next(size_t task);

  /// `count` entries, no two with the same instruction and input; all tasks alike often (as far as
  /// a task has so many), in random order.
  std::vector<InstructionEntry> Different(size_t count);

 private:
  TaskPart part_;
  Uniform uniform_;
};

/// The data set that ships with the project: `count` entries, of which the workshop's split in
/// order trains on the first 85% and holds out the rest.
std::vector<InstructionEntry> StoryInstructions(uint64_t seed, size_t count);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_STORY_TASKS_H_
