// A translated page says what the original says: README.ko.md is README.md in Korean.
//
//     std::vector<Problem> problems = CheckTranslation(page, repository);
//
// Words can't be compared, but the rest can. Since commands and outputs are those of the original,
// whose page_test runs them, a translation needs none of its own.

#ifndef GOKART_DOCS_TRANSLATION_CHECK_H_
#define GOKART_DOCS_TRANSLATION_CHECK_H_

#include <string>
#include <string_view>
#include <vector>

#include "docs/markdown_page.h"
#include "docs/problem.h"
#include "docs/repository.h"

namespace gokart::docs {

/// "ch02_data/README.ko.md" -> "ch02_data/README.md": what the page is a translation of. "" for
/// a page that is none.
std::string OriginalOf(std::string_view path);

/// A translation has its original's headings (their levels), code blocks (language, lines and
/// notes), pictures and table of exercises, in the same order; it links to the original; and a note
/// at its top says which version it follows: `<!-- note: translation of README.md HASH -->`, with
/// the hash of `git hash-object README.md`. No problems for other pages.
std::vector<Problem> CheckTranslation(const MarkdownPage& page, const Repository& repository);

}  // namespace gokart::docs

#endif  // GOKART_DOCS_TRANSLATION_CHECK_H_
