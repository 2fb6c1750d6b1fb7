#include "ch02_data/text_source.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/str_join.h"
#include "workshop/data/short_story.h"
#include "workshop/file.h"
#include "workshop/list_files.h"

namespace gokart {
namespace {

absl::Status CheckOneWay(const TextSource& source) {
  const int ways = !source.arguments.empty() + !source.string.empty() + !source.files.empty();
  if (ways <= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "give the text in one way: as arguments, with --string, or with --text");
}

absl::Status NoText() {
  return absl::InvalidArgumentError(
      "there is no text: give it as arguments, with --string=TEXT or --text=FILE, or pipe it in");
}

}  // namespace

absl::StatusOr<std::vector<std::string>> TextPaths(const TextSource& source) {
  if (absl::Status status = CheckOneWay(source); !status.ok()) return status;
  if (source.files == "-") return std::vector<std::string>{"-"};
  if (!source.files.empty()) return ListFiles(source.files);
  if (source.IsGiven()) {
    return absl::InvalidArgumentError("this needs text in files: --text=FILE, or standard input");
  }
  if (isatty(STDIN_FILENO)) return NoText();
  return std::vector<std::string>{"-"};
}

absl::StatusOr<std::vector<NamedText>> ReadTexts(const TextSource& source) {
  if (absl::Status status = CheckOneWay(source); !status.ok()) return status;
  using Texts = std::vector<NamedText>;
  if (!source.arguments.empty()) return Texts{{"TEXT", absl::StrJoin(source.arguments, " ")}};
  if (!source.string.empty()) return Texts{{"--string", source.string}};
  if (!source.IsGiven() && source.story_if_none) {
    return Texts{{"the story", std::string(ShortStory())}};
  }
  const absl::StatusOr<std::vector<std::string>> paths = TextPaths(source);
  if (!paths.ok()) return paths.status();
  Texts texts;
  for (const std::string& path : *paths) {
    absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) return text.status();
    texts.push_back({path == "-" ? "standard input" : path, *std::move(text)});
  }
  return texts;
}

}  // namespace gokart
