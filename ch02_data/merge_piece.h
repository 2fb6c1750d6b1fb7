// The inner loop of byte-pair encoding: merging the bytes of one piece of text into tokens.
//
//     std::vector<int32_t> ids = {byte tokens of " hello"};
//     MergePiece(table, &ids);                              // {31373} in GPT-2's vocabulary
//
// Repeat: of all neighbouring pairs that can merge take the one with the lowest rank, of several
// the leftmost, and replace it by its result; until no pair can merge.

#ifndef GOKART_CH02_DATA_MERGE_PIECE_H_
#define GOKART_CH02_DATA_MERGE_PIECE_H_

#include <cstdint>
#include <vector>

#include "ch02_data/merge_table.h"

namespace gokart {

/// Merges ids[0, n) in place by merges of rank below `rank_limit`; returns how many ids are left.
/// Looks for the best pair from scratch each time: n^2 steps at worst, but the few that an ordinary
/// word needs are the fastest way for it. For n <= kShortPiece.
inline constexpr int kShortPiece = 64;
int MergeShortPiece(const MergeTable& table, int32_t* ids, int n,
                    int32_t rank_limit = MergeTable::kNoRank);

/// The same for any length, in n log n steps and about 28 bytes of memory per id: pairs wait in a
/// priority queue, tokens are a linked list. So a piece of a million equal letters does no harm.
void MergeLongPiece(const MergeTable& table, std::vector<int32_t>* ids,
                    int32_t rank_limit = MergeTable::kNoRank);

/// Whichever suits the length.
void MergePiece(const MergeTable& table, std::vector<int32_t>* ids,
                int32_t rank_limit = MergeTable::kNoRank);

}  // namespace gokart

#endif  // GOKART_CH02_DATA_MERGE_PIECE_H_
