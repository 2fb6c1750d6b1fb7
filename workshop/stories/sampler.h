// Draws texts from a grammar.
//
//   Uniform uniform(/*seed=*/123);
//   Derivation d = Draw(grammar, uniform);     // d.text, d.values, d.log_probability
//
// The same seed gives the same texts on every machine and with every standard library.
#ifndef GOKART_WORKSHOP_STORIES_SAMPLER_H_
#define GOKART_WORKSHOP_STORIES_SAMPLER_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "workshop/stories/grammar.h"

namespace gokart {

/// Whole numbers, all equally likely. The standard fixes what std::mt19937_64 draws, but not what
/// std::uniform_int_distribution makes of it; hence a mapping of our own.
class Uniform {
 public:
  explicit Uniform(uint64_t seed) : engine_(seed) {}

  /// A number from 0 to n - 1; n > 0. Draws from the last, incomplete block of n are thrown away,
  /// so that no number is favoured.
  uint64_t Below(uint64_t n) {
    const uint64_t rest = (UINT64_MAX % n + 1) % n;  // 2^64 mod n
    uint64_t x = engine_();
    while (x > UINT64_MAX - rest) x = engine_();
    return x % n;
  }

 private:
  std::mt19937_64 engine_;
};

/// A text and the choices that made it.
struct Derivation {
  std::string text;
  FactValues values;
  std::vector<Mention> mentions;  ///< in the order of the text
  double log_probability = 0;     ///< natural logarithm of the chance of these choices
};

/// Draws a text, from the grammar's first rule on.
Derivation Draw(const Grammar& grammar, Uniform& uniform);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_STORIES_SAMPLER_H_
