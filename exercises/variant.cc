#include "exercises/variant.h"

#include <cstdlib>

namespace gokart::exercises {

char VariantOf(std::string_view number, std::string_view choices) {
  while (!choices.empty()) {
    const std::string_view choice = choices.substr(0, choices.find(' '));
    const size_t equals = choice.find('=');
    const std::string_view name = choice.substr(0, equals);
    if ((name == number || name == "*") && equals + 1 < choice.size()) {
      const std::string_view variant = choice.substr(equals + 1);
      if (variant == "starter") return kStarter;
      return variant == "solved" ? kSolved : variant[0];
    }
    choices.remove_prefix(choice.size());
    if (!choices.empty()) choices.remove_prefix(1);
  }
  return kSolved;
}

char VariantOf(std::string_view number) {
  const char* choices = std::getenv("GOKART_EXERCISES");
  return choices == nullptr ? kSolved : VariantOf(number, choices);
}

}  // namespace gokart::exercises
