#include "ch02_data/char_class.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <map>

namespace gokart {
namespace {

constexpr int kNumCodePoints = UCHAR_MAX_VALUE + 1;

CharClass ClassOfCategory(UCharCategory category) {
  const uint32_t mask = U_MASK(category);
  if (mask & U_GC_L_MASK) return CharClass::kLetter;
  if (mask & U_GC_N_MASK) return CharClass::kNumber;
  return CharClass::kOther;
}

// ICU calls this for each range [start, limit) of code points of one general category.
UBool FillRange(const void* context, UChar32 start, UChar32 limit, UCharCategory category) {
  auto* classes = static_cast<std::vector<CharClass>*>(const_cast<void*>(context));
  std::fill(classes->begin() + start, classes->begin() + limit, ClassOfCategory(category));
  return true;
}

std::vector<CharClass> AllClasses() {
  std::vector<CharClass> classes(kNumCodePoints, CharClass::kOther);
  u_enumCharTypes(FillRange, &classes);
  // White_Space is no category (U+0085 is a control, U+2028 a line separator), and a stable
  // property: all of it lies below U+3001.
  for (UChar32 c = 0; c <= 0x3000; ++c) {
    if (u_isUWhiteSpace(c)) classes[c] = CharClass::kSpace;
  }
  return classes;
}

}  // namespace

CharClassTable::CharClassTable() {
  const std::vector<CharClass> classes = AllClasses();
  std::map<Block, uint16_t> known;
  for (int begin = 0; begin < kNumCodePoints; begin += kBlockSize) {
    Block block;
    std::copy_n(classes.begin() + begin, kBlockSize, block.begin());
    const auto [entry, is_new] = known.try_emplace(block, blocks_.size());
    if (is_new) blocks_.push_back(block);
    block_of_.push_back(entry->second);
  }
}

const CharClassTable& CharClassTable::Get() {
  static const CharClassTable* const table = new CharClassTable;
  return *table;
}

}  // namespace gokart
