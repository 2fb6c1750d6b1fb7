// The difference of two short texts, line by line.
//
//     LineDiff({"a", "b"}, {"a", "c"}) == " a\n-b\n+c\n"

#ifndef GOKART_EXERCISES_LINE_DIFF_H_
#define GOKART_EXERCISES_LINE_DIFF_H_

#include <string>
#include <vector>

namespace gokart::exercises {

/// All lines, each after ' ' (in both), '-' (only in `from`) or '+' (only in `to`); empty if the
/// texts are the same. Takes time and memory of the product of both lengths.
std::string LineDiff(const std::vector<std::string>& from, const std::vector<std::string>& to);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_LINE_DIFF_H_
