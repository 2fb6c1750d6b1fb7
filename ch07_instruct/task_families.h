// The tasks of story_tasks.h, a function for each.
#ifndef GOKART_CH07_INSTRUCT_TASK_FAMILIES_H_
#define GOKART_CH07_INSTRUCT_TASK_FAMILIES_H_

#include "ch07_instruct/instruction_entry.h"
#include "ch07_instruct/task_words.h"
#include "workshop/stories/sampler.h"

namespace gokart {

// Words: word_tasks.cc.
InstructionEntry DrawOpposite(TaskPart part, Uniform& uniform);
InstructionEntry DrawPlural(TaskPart part, Uniform& uniform);
InstructionEntry DrawPast(TaskPart part, Uniform& uniform);
InstructionEntry DrawCategory(TaskPart part, Uniform& uniform);

// Lists: list_tasks.cc.
InstructionEntry DrawCount(TaskPart part, Uniform& uniform);
InstructionEntry DrawSort(TaskPart part, Uniform& uniform);
InstructionEntry DrawReverse(TaskPart part, Uniform& uniform);
InstructionEntry DrawPick(TaskPart part, Uniform& uniform);

// Sentences: sentence_tasks.cc.
InstructionEntry DrawPronoun(TaskPart part, Uniform& uniform);
InstructionEntry DrawRename(TaskPart part, Uniform& uniform);
InstructionEntry DrawPassive(TaskPart part, Uniform& uniform);
InstructionEntry DrawSentence(TaskPart part, Uniform& uniform);

// Stories: reading_tasks.cc.
InstructionEntry DrawWho(TaskPart part, Uniform& uniform);
InstructionEntry DrawWhat(TaskPart part, Uniform& uniform);
InstructionEntry DrawWhere(TaskPart part, Uniform& uniform);
InstructionEntry DrawColor(TaskPart part, Uniform& uniform);
InstructionEntry DrawHowMany(TaskPart part, Uniform& uniform);
InstructionEntry DrawFeeling(TaskPart part, Uniform& uniform);
InstructionEntry DrawEitherOr(TaskPart part, Uniform& uniform);
InstructionEntry DrawContinue(TaskPart part, Uniform& uniform);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_TASK_FAMILIES_H_
