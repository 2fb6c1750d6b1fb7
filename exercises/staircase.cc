#include "exercises/staircase.h"

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "exercises/test_run.h"

namespace gokart::exercises {
namespace {

constexpr char kNothing[] = "*=starter";  // no exercise of any chapter is written

class Prover {
 public:
  explicit Prover(const Chapter& chapter) : chapter_(chapter) {}

  absl::StatusOr<Proof> Run() {
    if (absl::Status status = FindCases(); !status.ok()) return status;
    if (!proof_.problems.empty()) return proof_;  // nothing to run that could be trusted
    const size_t n = chapter_.exercises.size();
    for (size_t solved = 0; solved <= n; ++solved) {
      if (absl::Status status = Step(OpenFrom(solved), solved); !status.ok()) return status;
    }
    if (absl::Status status = Step(kNothing, 0); !status.ok()) return status;
    for (const WrongAnswer& answer : chapter_.wrong_answers) {
      if (absl::Status status = Reject(answer); !status.ok()) return status;
    }
    return std::move(proof_);
  }

 private:
  using ProgramAndCase = std::pair<std::string, std::string>;

  void Problem(const std::string& text) { proof_.problems.push_back(text); }

  // Which test case belongs to which exercise.
  absl::Status FindCases() {
    for (size_t i = 0; i < chapter_.exercises.size(); ++i) {
      for (const ExerciseTest& test : chapter_.exercises[i].tests) {
        const auto program = chapter_.programs.find(test.target);
        if (program == chapter_.programs.end()) {
          Problem(absl::StrCat(chapter_.exercises[i].number, ": ", test.target,
                               " is not among the chapter's exercise tests"));
          continue;
        }
        const auto cases = ListCases(program->second, test.filter);
        if (!cases.ok()) return cases.status();
        if (cases->empty()) {
          Problem(absl::StrCat(chapter_.exercises[i].number, ": ", test.target, " has no test ",
                               test.filter));
        }
        for (const std::string& name : *cases) AddCase(test.target, name, i);
      }
    }
    return absl::OkStatus();
  }

  void AddCase(const std::string& target, const std::string& name, size_t exercise) {
    const auto [entry, is_new] = owner_.emplace(ProgramAndCase(target, name), exercise);
    if (!is_new) {
      Problem(absl::StrCat(name, " belongs to ", chapter_.exercises[entry->second].number, " and ",
                           chapter_.exercises[exercise].number));
      return;
    }
    ++proof_.cases;
  }

  // What is run when the exercises [0, solved) are written, by program: the tests of the newest one
  // and of all that are open; of all at the end.
  std::map<std::string, std::string> Filters(size_t solved) const {
    std::map<std::string, std::string> filters;
    for (const auto& [key, exercise] : owner_) {
      if (exercise + 1 < solved && solved < chapter_.exercises.size()) continue;
      std::string& filter = filters[key.first];
      absl::StrAppend(&filter, filter.empty() ? "" : ":", key.second);
    }
    return filters;
  }

  // The exercises [0, solved) written, the others open.
  std::string OpenFrom(size_t solved) const {
    std::vector<std::string> choices;
    for (size_t i = solved; i < chapter_.exercises.size(); ++i) {
      choices.push_back(absl::StrCat(chapter_.exercises[i].number, "=starter"));
    }
    return absl::StrJoin(choices, " ");
  }

  absl::Status Step(const std::string& choices, size_t solved) {
    for (const auto& [target, filter] : Filters(solved)) {
      const auto run = RunTests(chapter_.programs.at(target), filter, choices);
      if (!run.ok()) return run.status();
      ++proof_.runs;
      std::set<std::string> seen;
      for (const CaseResult& result : run->cases) {
        seen.insert(result.name);
        Judge(result, owner_.at({target, result.name}), solved, choices);
      }
      for (const absl::string_view name : absl::StrSplit(filter, ':')) {
        if (!seen.contains(std::string(name))) {
          Problem(absl::StrCat(name, " was not run with ", choices));
        }
      }
    }
    return absl::OkStatus();
  }

  void Judge(const CaseResult& result, size_t exercise, size_t solved, const std::string& choices) {
    const std::string& number = chapter_.exercises[exercise].number;
    const std::string missing = MissingExercise(result.output);
    const std::string where = absl::StrCat(
        number, " ", result.name, " with ",
        solved == 0
            ? choices == kNothing ? "no exercise of any chapter" : "no exercise of the chapter"
            : absl::StrCat("exercises up to ", chapter_.exercises[solved - 1].number),
        " written: ");
    if (exercise < solved) {
      if (!result.passed) Problem(absl::StrCat(where, "fails:\n", result.output));
    } else if (result.passed) {
      Problem(absl::StrCat(where, "passes, although its exercise is open"));
    } else if (missing.empty()) {
      Problem(absl::StrCat(where, "should fail with NotImplemented, but fails otherwise:\n",
                           result.output));
    } else if (ComesBefore(number, missing) ||
               (exercise == solved && missing != number && choices != kNothing)) {
      Problem(absl::StrCat(where, "needs exercise ", missing));
    }
  }

  absl::Status Reject(const WrongAnswer& answer) {
    size_t i = 0;
    while (i < chapter_.exercises.size() && chapter_.exercises[i].number != answer.number) ++i;
    if (i == chapter_.exercises.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("a wrong answer to ", answer.number, ", which is no exercise"));
    }
    const std::string letter(1, answer.letter);
    const std::string choices = absl::StrCat(answer.number, "=", letter, " ", OpenFrom(i + 1));
    const std::string where =
        absl::StrCat("wrong answer ", answer.number, ".", letter, " (", answer.title, ")");
    bool rejected = false;
    for (const ExerciseTest& test : chapter_.exercises[i].tests) {
      const auto run = RunTests(chapter_.programs.at(test.target), test.filter, choices);
      if (!run.ok()) return run.status();
      ++proof_.runs;
      for (const CaseResult& result : run->cases) {
        if (!result.finished) {
          Problem(absl::StrCat(where, " ends the test program in ", result.name));
        } else if (const std::string missing = MissingExercise(result.output); !missing.empty()) {
          Problem(absl::StrCat(where, ": ", result.name, " needs exercise ", missing));
        }
        rejected |= !result.passed;
      }
    }
    if (rejected) {
      ++proof_.rejected;
    } else {
      Problem(absl::StrCat(where, " passes the tests"));
    }
    return absl::OkStatus();
  }

  const Chapter& chapter_;
  Proof proof_;
  std::map<ProgramAndCase, size_t> owner_;  // the exercise that a test case belongs to
};

}  // namespace

absl::StatusOr<Proof> Prove(const Chapter& chapter) { return Prover(chapter).Run(); }

}  // namespace gokart::exercises
