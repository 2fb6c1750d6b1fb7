#include "ch07_instruct/prompt_template.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace gokart {
namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

}  // namespace

Prompt PromptTemplate::Format(std::string_view instruction, std::string_view input) const {
  // [exercise 7.2] From an instruction to a prompt
  // Task: Give the prompt {request, header, lead}. The request is the preamble, the instruction
  //       with before_instruction before it, and the input with before_input before it, or the two
  //       the other way round if input_first. An empty input leaves nothing.
  // Hint: Alpaca: "... completes the request.\n\n### Instruction:\nSpell it.\n\n###
  //       Input:\nOcassion".
  // Hint: Without a preamble the request begins with no line break, whatever comes first.
  //       request.find_first_not_of tells where it begins.
  // Test: //ch07_instruct:prompt_template_test PromptFormat.*
  // Read: ch07_instruct/prompt_template.h

  const std::string asked = before_instruction + std::string(instruction);
  std::string given;
  if (!input.empty()) given = before_input + std::string(input);
  // Whichever comes first has no line break of the other before it.
  std::string request = preamble + (input_first ? given + asked : asked + given);
  if (preamble.empty()) request.erase(0, request.find_first_not_of('\n'));
  return {std::move(request), header, lead};
  // [end of exercise 7.2]
}

std::string PromptTemplate::ExtractResponse(std::string_view generated) const {
  // [exercise 7.3] The answer alone
  // Task: Give what the model wrote behind the prompt up to where it begins a next request of its
  //       own, if it does; without white space around it.
  // Hint: A model that was not stopped in time goes on with next_request.
  // Hint: find() gives npos where there is nothing to be found, and substr(0, npos) is everything.
  // Test: //ch07_instruct:prompt_template_test ResponseExtraction.*
  // Read: ch07_instruct/prompt_template.h

  return std::string(Trimmed(generated.substr(0, generated.find(next_request))));
  // [end of exercise 7.3]
}

const std::vector<PromptTemplate>& PromptTemplates() {
  static const auto& templates = *new std::vector<PromptTemplate>{
      {.name = "alpaca",
       .preamble = "Below is an instruction that describes a task. Write a response that "
                   "appropriately completes the request.",
       .before_instruction = "\n\n### Instruction:\n",
       .before_input = "\n\n### Input:\n",
       .header = "\n\n### Response:\n",
       .next_request = "### Instruction:"},
      {.name = "phi3",
       .before_instruction = "<|user|>\n",
       .before_input = "\n",
       .header = "\n<|assistant|>:\n",
       .next_request = "<|user|>"},
      {.name = "short",
       .before_instruction = "\nQ: ",
       .before_input = "",
       .input_first = true,
       .header = "\nA:",
       .lead = " ",
       .next_request = "\nQ:"},
  };
  return templates;
}

absl::StatusOr<const PromptTemplate*> FindPromptTemplate(std::string_view name) {
  std::vector<std::string> names;
  for (const PromptTemplate& t : PromptTemplates()) {
    if (t.name == name) return &t;
    names.push_back(t.name);
  }
  return absl::NotFoundError(absl::StrCat("there is no prompt template '", std::string(name),
                                          "', but ", absl::StrJoin(names, ", ")));
}

}  // namespace gokart
