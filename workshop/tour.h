// What the guided tour of a chapter gets from whoever runs it: the chapter's own binary, or
// //:workshop, which runs the tours of all chapters one after the other.
//
//     absl::Status AttentionTour(const TourOptions& options);   // in //ch03_attention:tour

#ifndef GOKART_WORKSHOP_TOUR_H_
#define GOKART_WORKSHOP_TOUR_H_

#include <cstdint>
#include <string>

namespace gokart {

struct TourOptions {
  /// An existing folder for the tour's pictures and files. Empty: the tour makes none.
  std::string folder = {};
  /// Seed of everything random; 123 gives the numbers printed in the workshop.
  uint64_t seed = 123;
  /// Part of a longer sitting: keep to what a newcomer should see, and to the time that was agreed.
  bool brief = false;
};

}  // namespace gokart

#endif  // GOKART_WORKSHOP_TOUR_H_
