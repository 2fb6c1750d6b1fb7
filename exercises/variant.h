// Which body of an exercise an instrumented program runs (see instrument.h).
//
//     GOKART_EXERCISES="2.6=a 2.7=starter 2.8=starter" merge_piece_test_instrumented

#ifndef GOKART_EXERCISES_VARIANT_H_
#define GOKART_EXERCISES_VARIANT_H_

#include <string_view>

namespace gokart::exercises {

inline constexpr char kSolved = '=';   // the reference's body
inline constexpr char kStarter = '?';  // throws NotImplemented

/// kSolved, kStarter or the letter of a wrong answer, as $GOKART_EXERCISES says for the exercise:
/// its first item `NUMBER=solved|starter|LETTER` with this number or `*`; kSolved if there is none.
char VariantOf(std::string_view number);

/// The same for a given value of the variable.
char VariantOf(std::string_view number, std::string_view choices);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_VARIANT_H_
