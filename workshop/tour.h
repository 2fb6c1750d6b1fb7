// What the guided tour of a chapter gets from whoever runs it: the chapter's own binary, or
// //:workshop, which runs the tours of all chapters one after the other.
//
//     absl::Status AttentionTour(const TourOptions& options);   // in //ch03_attention:tour

#ifndef GOKART_WORKSHOP_TOUR_H_
#define GOKART_WORKSHOP_TOUR_H_

#include <cstdint>
#include <string>
#include <vector>

namespace gokart {

struct TourOptions {
  /// An existing folder for the tour's pictures and files. Empty: the tour makes none.
  std::string folder = {};
  /// Seed of everything random; 123 gives the numbers printed in the workshop.
  uint64_t seed = 123;
  /// Part of a longer sitting: keep to what a newcomer should see, and to the time that was agreed.
  bool brief = false;
  /// If not null, the tour adds a sentence or two for the last page of the sitting: what was built
  /// and how good it is, with numbers. "Chapter 5: on unseen stories the loss is 1.31, 4% above the
  /// floor."
  std::vector<std::string>* findings = nullptr;
};

/// For tours: notes a sentence for the last page, if there is one.
inline void AddFinding(const TourOptions& options, const std::string& sentence) {
  if (options.findings != nullptr) options.findings->push_back(sentence);
}

}  // namespace gokart

#endif  // GOKART_WORKSHOP_TOUR_H_
