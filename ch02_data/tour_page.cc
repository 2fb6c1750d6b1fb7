#include "ch02_data/tour_page.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ch02_data/gpt2_format.h"
#include "workshop/assets.h"
#include "workshop/data/short_story.h"
#include "workshop/file.h"
#include "workshop/section.h"

namespace gokart::data_tour {

Page::Page(const TourOptions& options) : options_(options), story_(ShortStory()) {
  if (absl::StatusOr<std::string> text = ReadFile(AssetPath("the-verdict.txt")); text.ok()) {
    verdict_ = *std::move(text);
  }
  absl::StatusOr<BpeVocabulary> vocabulary =
      LoadGpt2(AssetPath("gpt2/encoder.json"), AssetPath("gpt2/vocab.bpe"));
  if (vocabulary.ok()) gpt2_ = std::make_unique<BpeTokenizer>("gpt2", *std::move(vocabulary));
}

void Page::Show(const std::string& text, const std::string& result) {
  PrintProse("\n" + text);
  PrintBlock(result);
}

void Page::Check(const std::string& text, const std::string& result, const std::string& published) {
  Show(text, result);
  if (result == published) {
    ++equal_;
    PrintProse("✓ as the workshop prints it");
  } else {
    ++different_;
    PrintProse("✗ the workshop prints:");
    PrintBlock(published);
  }
}

absl::Status Page::Finish() const {
  PrintProse(absl::StrCat("\n", equal_, " of ", equal_ + different_,
                          " results that the workshop prints too are equal to its own."));
  if (!verdict_) {
    PrintProse(
        "(Those for its text, The Verdict, are shown once that is downloaded: bazel run "
        "//ch01_setup -- download the-verdict)");
  }
  return failure_;
}

}  // namespace gokart::data_tour
