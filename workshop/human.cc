#include "workshop/human.h"

#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace gokart {
namespace {

// `value` divided by 1000 until it prints with at most three digits before the point, with the unit
// reached and one decimal (none for the first unit, which counts whole things).
template <size_t N>
std::string Scaled(double value, const std::array<const char*, N>& units) {
  size_t unit = 0;
  // 999.95 would print as 1000.0, so it already belongs to the next unit.
  while (unit + 1 < N && std::abs(value) >= (unit == 0 ? 999.5 : 999.95)) {
    value /= 1000;
    ++unit;
  }
  return absl::StrFormat(unit == 0 ? "%.0f%s" : "%.1f%s", value, units[unit]);
}

}  // namespace

std::string FormatBytes(double bytes) {
  return Scaled(bytes, std::array{" bytes", " kB", " MB", " GB", " TB"});
}

std::string FormatShortCount(double count) {
  return Scaled(count, std::array{"", "k", "M", "B", "T"});
}

std::string FormatCount(int64_t count) {
  std::string digits = absl::StrCat(count);
  const size_t first_digit = count < 0 ? 1 : 0;
  for (size_t i = digits.size(); i > first_digit + 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string FormatDuration(double seconds) {
  if (!std::isfinite(seconds)) return "unknown";
  if (seconds < 0) return absl::StrCat("-", FormatDuration(-seconds));
  if (seconds < 0.0009995) return absl::StrFormat("%.0f us", seconds * 1e6);
  if (seconds < 0.99995) return absl::StrFormat("%.1f ms", seconds * 1e3);
  if (seconds < 59.95) return absl::StrFormat("%.1f s", seconds);
  const int64_t whole = std::llround(seconds);
  if (whole < 3600) return absl::StrFormat("%d min %02d s", whole / 60, whole % 60);
  const int64_t minutes = std::llround(seconds / 60);
  if (minutes < 24 * 60) return absl::StrFormat("%d h %02d min", minutes / 60, minutes % 60);
  const int64_t hours = std::llround(seconds / 3600);
  return absl::StrFormat("%d days %d h", hours / 24, hours % 24);
}

}  // namespace gokart
