// The words that instruction tasks are made of: the story lexicon, with some words kept back for
// tests.
#ifndef GOKART_CH07_INSTRUCT_TASK_WORDS_H_
#define GOKART_CH07_INSTRUCT_TASK_WORDS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workshop/stories/sampler.h"

namespace gokart {

/// What an entry is for.
enum class TaskPart {
  kTrain,
  kHeldOut,  ///< to test and to validate; nothing of it is ever trained on
};

/// A number that depends on nothing but the text (FNV-1a, mixed): the same on every machine.
uint64_t StableHash(std::string_view text);

/// Whether `word` is one of those that a task keeps back: about one in six, others for each task.
bool IsHeldOutWord(std::string_view task, std::string_view word);

/// The words of a list that `part` may use in `task`.
std::vector<std::string> WordsFor(std::string_view task, const std::vector<std::string>& words,
                                  TaskPart part);

/// One of them, all equally likely.
template <typename T>
const T& Pick(const std::vector<T>& items, Uniform& uniform) {
  return items[uniform.Below(items.size())];
}

/// `count` different items in random order.
template <typename T>
std::vector<T> PickSome(std::vector<T> items, size_t count, Uniform& uniform) {
  for (size_t i = 0; i < count; ++i) {
    std::swap(items[i], items[i + uniform.Below(items.size() - i)]);
  }
  items.resize(count);
  return items;
}

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_TASK_WORDS_H_
