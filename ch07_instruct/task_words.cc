#include "ch07_instruct/task_words.h"

namespace gokart {
namespace {

constexpr uint64_t kOneIn = 6;

}  // namespace

uint64_t StableHash(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3;
  // FNV's bits mix poorly for short texts; MurmurHash3's last steps make up for it.
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

bool IsHeldOutWord(std::string_view task, std::string_view word) {
  return StableHash(std::string(task) + "/" + std::string(word)) % kOneIn == 0;
}

std::vector<std::string> WordsFor(std::string_view task, const std::vector<std::string>& words,
                                  TaskPart part) {
  std::vector<std::string> chosen;
  for (const std::string& word : words) {
    if (IsHeldOutWord(task, word) == (part == TaskPart::kHeldOut)) chosen.push_back(word);
  }
  return chosen;
}

}  // namespace gokart
