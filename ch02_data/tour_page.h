// What the sections of the chapter's tour work on, and how they print: results under a line of
// text, compared with those that the workshop prints.

#ifndef GOKART_CH02_DATA_TOUR_PAGE_H_
#define GOKART_CH02_DATA_TOUR_PAGE_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "ch02_data/bpe_tokenizer.h"
#include "workshop/tour.h"

namespace gokart::data_tour {

class Page {
 public:
  explicit Page(const TourOptions& options);

  const TourOptions& options() const { return options_; }

  /// The text that ships with the project.
  const std::string& story() const { return story_; }
  /// The workshop's text, if it is in the asset folder.
  const std::optional<std::string>& verdict() const { return verdict_; }
  /// Null if GPT-2's vocabulary is not in the asset folder.
  const BpeTokenizer* gpt2() const { return gpt2_.get(); }

  /// Prints a line of text and under it, indented, `result`.
  void Show(const std::string& text, const std::string& result);

  /// The same, and says whether the result is what the workshop prints.
  void Check(const std::string& text, const std::string& result, const std::string& published);

  /// Prints how many results were compared. Error: something could not be written.
  absl::Status Finish() const;
  void Fail(const absl::Status& status) { failure_.Update(status); }

 private:
  TourOptions options_;
  std::string story_;
  std::optional<std::string> verdict_;
  std::unique_ptr<BpeTokenizer> gpt2_;
  int equal_ = 0, different_ = 0;
  absl::Status failure_;
};

}  // namespace gokart::data_tour

#endif  // GOKART_CH02_DATA_TOUR_PAGE_H_
