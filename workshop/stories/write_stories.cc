// Writes stories to standard output, or says what is known about them.
//
//   bazel run //workshop/stories:write_stories -- --count=3
//   bazel run //workshop/stories:write_stories -- --bytes=20000000 --seed=7 > stories.txt
//   bazel run //workshop/stories:write_stories -- --entropy
#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_format.h"
#include "workshop/stories/stories.h"

ABSL_FLAG(int64_t, count, 10, "how many stories; not looked at when --bytes is given");
ABSL_FLAG(int64_t, bytes, 0, "whole stories until there are at least so many bytes");
ABSL_FLAG(uint64_t, seed, 123, "the same seed gives the same stories");
ABSL_FLAG(std::string, separator, "<|endoftext|>", "stands behind each story; \\n is a line feed");
ABSL_FLAG(bool, facts, false, "write the facts of each story under it");
ABSL_FLAG(bool, entropy, false, "write no stories, but what is known about them");

namespace gokart {
namespace {

std::string Unescape(const std::string& s) {
  std::string out;
  for (size_t i = 0; i < s.size(); ++i) {
    const bool line_feed = s.compare(i, 2, "\\n") == 0;
    out += line_feed ? '\n' : s[i];
    i += line_feed;
  }
  return out;
}

bool Print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
}

std::string FactLines(const Story& story) {
  std::string lines = absl::StrFormat("\n  plot: %s, log p = %.3f\n",
                                      std::string(PlotName(story.plot)), story.log_probability);
  for (const auto& [fact, word] : story.Facts()) lines += absl::StrFormat("  %s: %s\n", fact, word);
  return lines;
}

bool WriteStories() {
  const std::string separator = Unescape(absl::GetFlag(FLAGS_separator));
  const int64_t bytes = absl::GetFlag(FLAGS_bytes), count = absl::GetFlag(FLAGS_count);
  StoryGenerator generator(absl::GetFlag(FLAGS_seed));
  int64_t written = 0;
  for (int64_t n = 0; bytes > 0 ? written < bytes : n < count; ++n) {
    const Story story = generator.Next();
    const std::string facts = absl::GetFlag(FLAGS_facts) ? FactLines(story) : "";
    if (!Print(story.text + facts + separator)) return false;
    written += static_cast<int64_t>(story.text.size() + facts.size() + separator.size());
  }
  return true;
}

bool WriteEntropy() {
  const GrammarStatistics& s = StoryStatistics();
  std::string page = "The stories, exactly\n\n";
  page += absl::StrFormat("  entropy        %8.4f nats per story (its end included)\n", s.nats);
  page += absl::StrFormat("    sentences    %8.4f\n", s.nats_rules);
  page += absl::StrFormat("    words        %8.4f\n", s.nats_facts);
  page += absl::StrFormat("  mean length    %8.2f characters, %.2f words\n", s.characters, s.words);
  page += absl::StrFormat("  per character  %8.4f nats\n", s.nats / s.characters);
  page += absl::StrFormat("  per word       %8.4f nats\n", s.nats / s.words);
  page += absl::StrFormat("  different stories  %.1e\n\n", s.texts);
  page += "The words: how often a story draws one, and what it costs\n\n";
  for (size_t f = 0; f < s.fact_drawn.size(); ++f) {
    const Fact& fact = StoryGrammar().facts[f];
    page += absl::StrFormat("  %-13s %5.3f of the stories, one of %2d words\n", fact.name,
                            s.fact_drawn[f], fact.num_words);
  }
  page += absl::StrFormat(
      "\nA window that begins within a story costs about %.1f nats more: what was drawn\n"
      "before it has to be drawn again.\n",
      CutWindowPenalty(20000, absl::GetFlag(FLAGS_seed)));
  return Print(page);
}

}  // namespace
}  // namespace gokart

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Writes stories to standard output.");
  absl::ParseCommandLine(argc, argv);
  if (absl::GetFlag(FLAGS_count) < 0 || absl::GetFlag(FLAGS_bytes) < 0) {
    std::fprintf(stderr, "write_stories: --count and --bytes must not be negative\n");
    return 1;
  }
  const bool ok = absl::GetFlag(FLAGS_entropy) ? gokart::WriteEntropy() : gokart::WriteStories();
  if (ok && std::fflush(stdout) == 0) return 0;
  std::fprintf(stderr, "write_stories: standard output cannot be written\n");
  return 1;
}
