// A few sentences in twelve scripts and languages, for looking at what tokenizers do to them.
//
//   for (const ScriptSample& sample : ScriptSamples()) Show(sample.name, Encode(sample.text));
#ifndef GOKART_WORKSHOP_DATA_SCRIPTS_SAMPLE_H_
#define GOKART_WORKSHOP_DATA_SCRIPTS_SAMPLE_H_

#include <string_view>
#include <vector>

namespace gokart {

/// One section of the file. Both views live as long as the program.
struct ScriptSample {
  std::string_view name;  ///< "English", "Korean", "Emoji", "Source code", ...
  std::string_view text;  ///< UTF-8, without the line feed at its end
};

/// scripts_sample.txt, byte for byte: each section under a line `== Name ==`.
std::string_view ScriptsSampleText();

/// Its sections, in the file's order.
std::vector<ScriptSample> ScriptSamples();

}  // namespace gokart

#endif  // GOKART_WORKSHOP_DATA_SCRIPTS_SAMPLE_H_
