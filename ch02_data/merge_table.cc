#include "ch02_data/merge_table.h"

#include <algorithm>
#include <bit>

namespace gokart {

MergeTable::MergeTable(const std::vector<Merge>& merges) {
  const size_t size = std::bit_ceil(std::max<size_t>(merges.size() * 2, 16));
  entries_.resize(size);
  mask_ = size - 1;
  shift_ = 64 - std::countr_zero(size);
  for (const Merge& merge : merges) {
    const uint64_t pair = Pair(merge.left, merge.right);
    size_t i = Hash(pair) >> shift_;
    while (entries_[i].pair != kEmpty && entries_[i].pair != pair) i = (i + 1) & mask_;
    if (entries_[i].pair == kEmpty) entries_[i] = {pair, {merge.rank, merge.result}};
  }
}

}  // namespace gokart
