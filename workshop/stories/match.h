// Reads a text by a grammar: how likely the grammar is to write it, or where it leaves the grammar.
//
//   TextMatch m = Match(grammar, "Mia had a green hat. He liked green.");
//   // m.complete == false, m.position == 21, m.expected == "'She' (hero)"
//
// The computation is independent of the sampler's and the entropy's: a search through all the ways
// in which the grammar can write the text from left to right, summing their chances. A text that
// stops too early is a prefix; the sum over the ways to write it so far is the chance that a text
// begins like that, so the quotient of two of them is the exact chance of what comes next.
#ifndef GOKART_WORKSHOP_STORIES_MATCH_H_
#define GOKART_WORKSHOP_STORIES_MATCH_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workshop/stories/grammar.h"

namespace gokart {

/// What a grammar says about a text.
struct TextMatch {
  bool complete = false;          ///< the grammar can write exactly this text
  bool prefix = false;            ///< it can write a text that begins like this, or is this
  double log_probability;         ///< of the text; -infinity when not complete
  double prefix_log_probability;  ///< of all texts that begin like this; -infinity when none does
  size_t position =
      0;  ///< of the first character that no such text has there; the size if `prefix`
  std::string expected;           ///< if not `prefix`: what could have stood there, "'red' (color)"
  FactValues values;              ///< if complete: the facts
  std::vector<Mention> mentions;  ///< if complete: where they are mentioned
  int64_t derivations = 0;  ///< if complete: in how many ways the grammar writes it; 1 is expected
};

TextMatch Match(const Grammar& grammar, std::string_view text);

/// How often `text` forgets what a fact was and goes on with another word for it: "Mia had a red
/// hat. She liked blue." slips once. The smallest number of such slips, up to `max_slips`, with
/// which the grammar can write the text (or, unless `whole`, a text that begins like this); -1 when
/// it cannot. Only a word that is mentioned again can slip, in a form that tells words apart: "Mia
/// had a red hat. He liked red." is wrong grammar and no slip.
int MemorySlips(const Grammar& grammar, std::string_view text, bool whole = true,
                int max_slips = 4);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_STORIES_MATCH_H_
