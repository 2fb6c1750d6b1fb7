// Instruction data: what a model is asked, and what it should answer (workshop section 7.2).
//
//   absl::StatusOr<std::vector<InstructionEntry>> entries =
//   ReadInstructions("instruction-data.json");
//   (*entries)[50].instruction   // "Identify the correct spelling of the following word."
//   (*entries)[50].input         // "Ocassion"; empty where the instruction says all
//   (*entries)[50].output        // "The correct spelling is 'Occasion.'"
//
// A file is a JSON list of objects with these three texts. Other fields (the two answers of
// preference data, responses of a model) are kept, in their order, and written back.
#ifndef GOKART_CH07_INSTRUCT_INSTRUCTION_ENTRY_H_
#define GOKART_CH07_INSTRUCT_INSTRUCTION_ENTRY_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

struct InstructionEntry {
  std::string instruction;
  std::string input;   ///< may be empty
  std::string output;  ///< the answer to learn
  std::string task;    ///< the kind of task, for scores of each kind; empty in the workshop's data
  nlohmann::ordered_json extra = nlohmann::ordered_json::object();  ///< all other fields

  /// A text among the other fields, "chosen"; empty if there is none.
  std::string Extra(const std::string& field) const;

  bool operator==(const InstructionEntry&) const = default;
};

/// Reads JSON. `needed` names fields that must be there besides "instruction". Errors start with
/// `source` and say where: no JSON (line and column), no list of objects, an entry (by number, from
/// 0, and line) without a needed field, with a field that is no text, or with an empty instruction
/// or needed field.
absl::StatusOr<std::vector<InstructionEntry>> ParseInstructions(
    std::string_view json, const std::string& source,
    const std::vector<std::string>& needed = {"output"});

/// The same from a file of at most 1 GiB.
absl::StatusOr<std::vector<InstructionEntry>> ReadInstructions(
    const std::string& path, const std::vector<std::string>& needed = {"output"});

/// A JSON list with an indentation of 4, as the workshop writes it: instruction, input, output,
/// task (if any), other fields.
std::string InstructionsToJson(const std::vector<InstructionEntry>& entries);
absl::Status WriteInstructions(const std::string& path,
                               const std::vector<InstructionEntry>& entries);

/// The parts that a data set is used in.
struct InstructionSplit {
  std::vector<InstructionEntry> train, test, val;
};

/// The workshop's split, in order: 85% to train, then 10% to test, and the rest to validate.
InstructionSplit SplitInstructions(const std::vector<InstructionEntry>& entries);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_INSTRUCTION_ENTRY_H_
