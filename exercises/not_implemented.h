// What the body of an exercise does until it is written: throw, so that one exercise that is still
// open fails its own tests, with one readable line, and no others.
//
//     throw NotImplemented("2.6", "Look for the smallest rank first.");

#ifndef GOKART_EXERCISES_NOT_IMPLEMENTED_H_
#define GOKART_EXERCISES_NOT_IMPLEMENTED_H_

#include <source_location>
#include <stdexcept>
#include <string>

namespace gokart {

class NotImplemented : public std::logic_error {
 public:
  /// The message names the exercise, and the file and line where its body is to be written.
  NotImplemented(const std::string& number, const std::string& hint,
                 const std::source_location& place = std::source_location::current())
      : std::logic_error("exercise " + number + " is not written yet (" + place.file_name() + ":" +
                         std::to_string(place.line()) + "). Hint: " + hint) {}
};

}  // namespace gokart

#endif  // GOKART_EXERCISES_NOT_IMPLEMENTED_H_
