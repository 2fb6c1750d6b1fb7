// What is known exactly about the texts of a grammar: their entropy, and how long and how many they
// are.
//
//   absl::StatusOr<GrammarStatistics> s = Measure(grammar);
//   // s->nats: the loss per text, in nats, of a model that knows the grammar; no model can do
//   better
//
// The entropy H is the mean of -log p(text) over texts drawn from the grammar. By the chain rule it
// is the sum, over the choices in writing a text, of the chance that the choice comes up times its
// own entropy:
//
//   H = sum over rules r    E[times r is followed] * sum over alternatives a  -w_a log w_a
//     + sum over facts f    P(f is mentioned)      * log(number of words that f is drawn from)
//
// Whether a rule is followed never depends on the words drawn, and the number of words that a fact
// is drawn from does not either (ReadGrammar makes sure). Only _which_ facts have been drawn
// matters for what comes next. So the sum is taken by dynamic programming over the grammar from
// left to right, with a chance for each set of facts drawn so far: no sampling, no approximation.
//
// The sum is the entropy of choices. It is that of texts if a text shows all the choices that made
// it. What can be proved of that is checked here: every fact drawn is mentioned by a form that
// tells the words of its list apart. That no two ways through the rules give the same text is left
// to the matcher (match.h), which counts them for any given text.
#ifndef GOKART_WORKSHOP_STORIES_ENTROPY_H_
#define GOKART_WORKSHOP_STORIES_ENTROPY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "workshop/stories/grammar.h"

namespace gokart {

/// Exact expectations over texts drawn from a grammar.
struct GrammarStatistics {
  double nats = 0;                 ///< entropy per text, the end of the text included
  double nats_rules = 0;           ///< the part that is the choice of sentences
  double nats_facts = 0;           ///< the part that is the choice of words
  double characters = 0;           ///< mean length
  double words = 0;                ///< mean number of words: spaces + 1
  double texts = 0;                ///< how many different texts there are
  std::vector<double> fact_drawn;  ///< for each fact, the chance that a text mentions it
};

/// Fails when a text can hide a fact that was drawn for it, or when more than 65536 sets of facts
/// are possible at one place.
absl::StatusOr<GrammarStatistics> Measure(const Grammar& grammar);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_STORIES_ENTROPY_H_
