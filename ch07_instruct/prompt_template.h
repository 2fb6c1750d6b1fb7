// How an instruction becomes a prompt (workshop section 7.2, exercise 7.1).
//
//   const PromptTemplate* alpaca = *FindPromptTemplate("alpaca");
//   Prompt prompt = alpaca->Format("Rewrite the sentence.", "He go home.");
//   prompt.Text()            // "Below is an instruction ... ### Response:\n": for the model
//   prompt.With("He goes.")  // the same with its answer: to learn from
//
// A finetuned model knows the template that it was trained with and no other, so a run keeps its
// name.
#ifndef GOKART_CH07_INSTRUCT_PROMPT_TEMPLATE_H_
#define GOKART_CH07_INSTRUCT_PROMPT_TEMPLATE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart {

/// What stands before an answer.
struct Prompt {
  std::string request;  ///< instruction and input: the workshop's format_input()
  std::string header;   ///< says that an answer follows: "\n\n### Response:\n"
  std::string lead;     ///< between header and answer; a model writes it with the answer's first
                        ///< word, since tokens begin with a space rather than end with one

  std::string Text() const { return request + header; }
  std::string With(std::string_view answer) const {
    return request + header + lead + std::string(answer);
  }
};

/// A way to write prompts: instruction and input, each with what stands before it.
struct PromptTemplate {
  std::string name;
  std::string preamble;
  std::string before_instruction, before_input;
  bool input_first = false;
  std::string header, lead;
  std::string next_request;  ///< how a request of the model's own would begin

  Prompt Format(std::string_view instruction, std::string_view input) const;
  /// The answer in what a model wrote after Prompt::Text(): without white space around it, and
  /// without the next request, if the model goes on with one.
  std::string ExtractResponse(std::string_view generated) const;
};

/// All templates:
///
/// alpaca: that of Stanford Alpaca, which the workshop uses.
/// phi3: Microsoft's Phi-3's, as in exercise 7.1: shorter.
/// short: "{input}\nQ: {instruction}\nA:", for the laptop model, whose vocabulary of story words
/// spells Alpaca's preamble almost letter by letter, and whose context holds but 160 tokens.
const std::vector<PromptTemplate>& PromptTemplates();

/// Error: no such template; the message lists them.
absl::StatusOr<const PromptTemplate*> FindPromptTemplate(std::string_view name);

}  // namespace gokart

#endif  // GOKART_CH07_INSTRUCT_PROMPT_TEMPLATE_H_
