#include "workshop/data/scripts_sample.h"

#include <string>

namespace gokart {

std::vector<ScriptSample> ScriptSamples() {
  constexpr std::string_view kOpen = "== ";
  constexpr std::string_view kClose = " ==\n";
  std::vector<ScriptSample> samples;
  std::string_view rest = ScriptsSampleText();
  while (rest.substr(0, kOpen.size()) == kOpen) {
    const size_t name_end = rest.find(kClose);
    const size_t text_begin = name_end + kClose.size();
    const size_t text_end = rest.find("\n" + std::string(kOpen), text_begin);
    const bool last = text_end == std::string_view::npos;
    const size_t text_size = (last ? rest.size() - 1 : text_end) - text_begin;
    samples.push_back(
        {rest.substr(kOpen.size(), name_end - kOpen.size()), rest.substr(text_begin, text_size)});
    rest.remove_prefix(last ? rest.size() : text_end + 1);
  }
  return samples;
}

}  // namespace gokart
