// What a chapter's tour prints, and what a test expects on the page.
//
//   const std::string page = OutputOf(AttentionTour, {.brief = true});
//   EXPECT_TRUE(Contains(page, "6 of 6 results equal"));
#ifndef GOKART_WORKSHOP_TESTING_TOUR_OUTPUT_H_
#define GOKART_WORKSHOP_TESTING_TOUR_OUTPUT_H_

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "workshop/tour.h"

namespace gokart {

/// Says which text is missing without printing the page.
inline ::testing::AssertionResult Contains(const std::string& page, const std::string& text) {
  if (page.find(text) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "the page lacks: " << text;
}

/// What `tour` prints to standard output. The test fails if the tour does.
template <typename Tour>
std::string OutputOf(const Tour& tour, const TourOptions& options) {
  ::testing::internal::CaptureStdout();
  const absl::Status status = tour(options);
  const std::string page = ::testing::internal::GetCapturedStdout();
  EXPECT_TRUE(status.ok()) << status;
  return page;
}

}  // namespace gokart

#endif  // GOKART_WORKSHOP_TESTING_TOUR_OUTPUT_H_
