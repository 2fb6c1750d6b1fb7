// `bazel run //:exercise`: stays beside the learner while she works. It builds and tests what she
// saves, shows the next exercise that does not pass, and answers keys:
//
//     h hint   n next exercise   l list   d difference from the solution   r run again   q quit
//
// Works in any terminal, over ssh too; without one it prints and waits for changes.

#ifndef GOKART_EXERCISES_COMPANION_H_
#define GOKART_EXERCISES_COMPANION_H_

#include <string>

#include "absl/status/status.h"
#include "exercises/catalog.h"
#include "exercises/learners_folder.h"
#include "exercises/session.h"

namespace gokart::exercises {

/// Runs until `q`, the end of input or Ctrl-C. `root`: the checkout.
absl::Status RunCompanion(const std::string& root, const Catalog& catalog,
                          const LearnersFolder& folder, Session& session);

/// The page about an exercise: what is asked, what its tests say, where to read. Also for `status`.
std::string Page(const Tried& tried, int width);

/// A table of all exercises with their states.
std::string ListOfExercises(const Catalog& catalog, const Session& session, int width);

}  // namespace gokart::exercises

#endif  // GOKART_EXERCISES_COMPANION_H_
