// What a page refers to must be there: the targets of its links, files, targets of Bazel, names in
// the code.

#ifndef GOKART_DOCS_REFERENCE_CHECK_H_
#define GOKART_DOCS_REFERENCE_CHECK_H_

#include <vector>

#include "docs/markdown_page.h"
#include "docs/problem.h"
#include "docs/repository.h"

namespace gokart::docs {

/// Links to other sites are not looked at.
std::vector<Problem> CheckLinks(const MarkdownPage& page, const Repository& repository);

/// Between backticks: `file.h` and `folder/file`, `AName` and `AName::Method`, `--flag`.
std::vector<Problem> CheckNames(const MarkdownPage& page, const Repository& repository);

/// Labels and configurations in `bazel ...`, in blocks and between backticks.
std::vector<Problem> CheckTargets(const MarkdownPage& page, const Repository& repository);

/// Notes have one of the known forms; commands stand in blocks of the language sh; a page with such
/// blocks is in docs/BUILD, so that they are run, or the translation of another page.
std::vector<Problem> CheckForm(const MarkdownPage& page, const Repository& repository);

/// All of them and CheckTranslation for all pages, sorted by page and line.
std::vector<Problem> CheckReferences(const Repository& repository);

}  // namespace gokart::docs

#endif  // GOKART_DOCS_REFERENCE_CHECK_H_
