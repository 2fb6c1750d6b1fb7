#include "docs/reference_check.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "docs/page_note.h"
#include "docs/shell_line.h"
#include "docs/translation_check.h"

namespace gokart::docs {
namespace {

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, slash);
}

// `path` as seen from `folder`, e.g. "a/b" and "../c.md" -> "a/c.md".
std::string Join(const std::string& folder, const std::string& path) {
  std::string joined = (std::filesystem::path(folder) / path).lexically_normal().string();
  if (absl::EndsWith(joined, "/")) joined.pop_back();
  return joined == "." ? "" : joined;
}

bool IsElsewhere(const std::string& target) {
  return absl::StrContains(target, "://") || absl::StartsWith(target, "mailto:");
}

// "" if the link leads somewhere.
std::string ProblemOfLink(const MarkdownPage& page, const Repository& repository,
                          const std::string& target) {
  const size_t hash = target.find('#');
  const std::string path = target.substr(0, hash);
  const std::string anchor = hash == target.npos ? "" : target.substr(hash + 1);
  const std::string file = path.empty() ? page.path : Join(FolderOf(page.path), path);
  if (absl::StartsWith(path, "/")) return "is not relative";
  if (!repository.HasFile(file)) {
    if (repository.HasFolder(file) && anchor.empty()) return "";
    return absl::StrCat("there is no ", file, " in version control");
  }
  if (anchor.empty()) return "";
  if (!absl::EndsWith(file, ".md")) return absl::StrCat(file, " is no page with headings");
  const MarkdownPage other = path.empty() ? page : ParseMarkdown(file, repository.files().at(file));
  return other.anchors.count(anchor) > 0 ? "" : absl::StrCat(file, " has no heading #", anchor);
}

// A name in the code: at least two capitals and something small, as MultiHeadAttention has.
bool IsCodeName(absl::string_view word) {
  const auto is_capital = [](char c) { return absl::ascii_isupper(c); };
  const auto is_small = [](char c) { return absl::ascii_islower(c); };
  const auto may_be_in = [](char c) { return absl::ascii_isalnum(c); };
  return !word.empty() && is_capital(word[0]) &&
         std::count_if(word.begin(), word.end(), is_capital) >= 2 &&
         std::any_of(word.begin(), word.end(), is_small) &&
         std::all_of(word.begin(), word.end(), may_be_in);
}

bool LooksLikePath(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("_-./*", std::string(1, c));
  });
}

bool HasSourceEnding(const std::string& text) {
  for (const char* ending : {".h", ".cc", ".bzl", ".sh", ".md"}) {
    if (absl::EndsWith(text, ending) && text.size() > std::string(ending).size()) return true;
  }
  return false;
}

class NameCheck {
 public:
  NameCheck(const MarkdownPage& page, const Repository& repository)
      : page_(page), repository_(repository), elsewhere_(NamesElsewhere(page)) {}

  // "" if what stands between the backticks is no name or one that exists.
  std::string ProblemOf(const std::string& text) const {
    if (Contains(elsewhere_, text)) return "";
    if (absl::StartsWith(text, "--")) return ProblemOfFlag(text);
    if (MeansFile(text)) return HasFile(text) ? "" : absl::StrCat("there is no file ", text);
    return ProblemOfCode(text);
  }

 private:
  static bool Contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  std::string ProblemOfFlag(const std::string& text) const {
    const size_t end = std::find_if(text.begin() + 2, text.end(),
                                    [](char c) { return !absl::ascii_isalnum(c) && c != '_'; }) -
                       text.begin();
    const std::string name = text.substr(2, end - 2);
    if (name.empty() || absl::StartsWith(name, "benchmark_") || repository_.HasWord(name))
      return "";
    if (absl::StartsWith(name, "no") && repository_.HasWord(name.substr(2))) return "";
    return absl::StrCat("no program has a flag --", name);
  }

  // Something with the ending of a source file, or in a folder of the project or the page.
  bool MeansFile(const std::string& text) const {
    if (!LooksLikePath(text) || absl::StartsWith(text, "/")) return false;
    for (const char* placeholder : {"FILE", "PACKAGE", "NAME"}) {
      if (absl::StrContains(text, placeholder)) return false;
    }
    if (HasSourceEnding(text)) return true;
    const size_t slash = text.find('/');
    if (slash == text.npos || slash == 0) return false;
    const std::string folder = text.substr(0, slash);
    if (folder == "my" || folder == ".") return false;
    return repository_.HasFolder(folder) ||
           repository_.HasFolder(Join(FolderOf(page_.path), folder));
  }

  bool HasFile(const std::string& text) const {
    for (const std::string& place : {Join("", text), Join(FolderOf(page_.path), text)}) {
      if (repository_.HasFile(place) || repository_.HasFolder(place)) return true;
      for (const char* ending : {"", ".h", ".cc"}) {
        if (repository_.HasFileLike(place + ending)) return true;
      }
    }
    return !absl::StrContains(text, "/") && repository_.HasFileLike(text);
  }

  std::string ProblemOfCode(const std::string& text) const {
    const std::string name = text.substr(0, text.find_first_of("({<"));
    const std::vector<std::string> parts = absl::StrSplit(name, absl::ByAnyChar(":.>- "));
    for (const std::string& part : parts) {
      if (IsCodeName(part) && !repository_.HasWord(part) && !Contains(elsewhere_, part)) {
        return absl::StrCat("the code has no ", part,
                            " (if it is not ours: <!-- names elsewhere: ", part, " -->)");
      }
    }
    return "";
  }

  const MarkdownPage& page_;
  const Repository& repository_;
  std::vector<std::string> elsewhere_;
};

std::string ProblemOfOption(const Repository& repository, const std::string& option) {
  const size_t equals = std::min(option.find('='), option.size());
  if (absl::StartsWith(option, "--//")) {
    const std::string label = option.substr(2, equals - 2);
    return repository.HasTarget(label) ? "" : absl::StrCat("there is no ", label);
  }
  if (!absl::StartsWith(option, "--config=")) return "";
  const auto rc = repository.files().find(".bazelrc");
  const std::string start = absl::StrCat("build:", option.substr(equals + 1), " ");
  const bool known = rc != repository.files().end() && absl::StrContains(rc->second, start);
  return known ? "" : absl::StrCat(".bazelrc has no ", start);
}

bool IsPlaceholder(const std::string& label) {
  return std::any_of(label.begin(), label.end(), [](char c) { return absl::ascii_isupper(c); }) &&
         std::none_of(label.begin(), label.end(), [](char c) { return absl::ascii_islower(c); });
}

std::string ProblemOfLine(const Repository& repository, const std::string& line) {
  for (const BazelCall& call : BazelCallsOf(line)) {
    for (const std::string& label : call.labels) {
      if (!absl::StartsWith(label, "//") || IsPlaceholder(label)) continue;
      if (!repository.HasTarget(label)) return absl::StrCat("there is no target ", label);
    }
    for (const std::string& option : call.options) {
      const std::string problem = ProblemOfOption(repository, option);
      if (!problem.empty()) return problem;
    }
  }
  return "";
}

std::string LabelOf(const std::string& path) {
  const std::string folder = FolderOf(path);
  return absl::StrCat("//", folder, ":", path.substr(folder.empty() ? 0 : folder.size() + 1));
}

}  // namespace

std::vector<Problem> CheckLinks(const MarkdownPage& page, const Repository& repository) {
  std::vector<Problem> problems;
  for (const Link& link : page.links) {
    if (IsElsewhere(link.target)) continue;
    const std::string problem = ProblemOfLink(page, repository, link.target);
    if (problem.empty()) continue;
    problems.push_back({page.path, link.line, absl::StrCat("link ", link.target, ": ", problem)});
  }
  return problems;
}

std::vector<Problem> CheckNames(const MarkdownPage& page, const Repository& repository) {
  const NameCheck check(page, repository);
  std::vector<Problem> problems;
  for (const CodeSpan& span : page.spans) {
    const std::string problem = check.ProblemOf(span.text);
    if (!problem.empty()) problems.push_back({page.path, span.line, problem});
  }
  return problems;
}

std::vector<Problem> CheckTargets(const MarkdownPage& page, const Repository& repository) {
  std::vector<Problem> problems;
  const auto check = [&](const std::string& text, int line) {
    const std::string problem = ProblemOfLine(repository, text);
    if (!problem.empty()) problems.push_back({page.path, line, problem});
  };
  for (const CodeSpan& span : page.spans) check(span.text, span.line);
  for (const CodeBlock& block : page.blocks) {
    for (const ShellLine& line : ShellLines(block.lines, block.line)) check(line.text, line.line);
  }
  return problems;
}

std::vector<Problem> CheckForm(const MarkdownPage& page, const Repository& repository) {
  std::vector<Problem> problems;
  for (const Note& note : page.notes) {
    if (!IsKnownNote(note.text)) {
      problems.push_back(
          {page.path, note.line, absl::StrCat("docs/README.md knows no note \"", note.text, "\"")});
    }
  }
  bool has_commands = false;
  for (const CodeBlock& block : page.blocks) {
    has_commands = has_commands || block.language == "sh";
    if (absl::StrContains(" sh text markdown ", absl::StrCat(" ", block.language, " "))) continue;
    for (const ShellLine& line : ShellLines(block.lines, block.line)) {
      if (!absl::StartsWith(line.text, "bazel ")) continue;
      problems.push_back({page.path, line.line, "commands belong into a block of language sh"});
      break;
    }
  }
  const auto build = repository.files().find("docs/BUILD");
  const std::string label = absl::StrCat("\"", LabelOf(page.path), "\"");
  if (has_commands && OriginalOf(page.path).empty() &&
      (build == repository.files().end() || !absl::StrContains(build->second, label))) {
    problems.push_back({page.path, 1, absl::StrCat("docs/BUILD has no page_test of ", label)});
  }
  return problems;
}

std::vector<Problem> CheckReferences(const Repository& repository) {
  std::vector<Problem> problems;
  for (const auto& [path, text] : repository.files()) {
    if (!absl::EndsWith(path, ".md")) continue;
    const MarkdownPage page = ParseMarkdown(path, text);
    for (const auto check : {CheckLinks, CheckNames, CheckTargets, CheckForm, CheckTranslation}) {
      std::vector<Problem> found = check(page, repository);
      std::move(found.begin(), found.end(), std::back_inserter(problems));
    }
  }
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.path, a.line) < std::tie(b.path, b.line);
  });
  return problems;
}

}  // namespace gokart::docs
