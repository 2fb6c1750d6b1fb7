// Which source file an exercise was compiled from: the project's, or the learner's under my/.
//
// The build includes this header into every file with exercises (exercises/defs.bzl), so that the
// object code itself carries the name of its source. A program that was built with a file of the
// learner's says so on standard error; with $GOKART_SHOW_FILES it names the others too:
//
//     compiled from my/ch03_attention/causal_attention.cc

#ifndef GOKART_EXERCISES_COMPILED_FROM_H_
#define GOKART_EXERCISES_COMPILED_FROM_H_

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace gokart::exercises {

/// What each line of the report starts with.
inline constexpr char kCompiledFrom[] = "compiled from ";

struct CompiledFrom {
  explicit CompiledFrom(const char* file) {
    const bool of_the_learner = std::strncmp(file, "my/", 3) == 0;
    if (of_the_learner || std::getenv("GOKART_SHOW_FILES") != nullptr) {
      std::fprintf(stderr, "%s%s\n", kCompiledFrom, file);
    }
  }
};

namespace {
const CompiledFrom this_file(__BASE_FILE__);  // what the compiler was given, not this header
}  // namespace

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_COMPILED_FROM_H_
