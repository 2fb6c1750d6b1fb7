// Numbers as people read them.
//
//     FormatBytes(497759232) == "497.8 MB";  FormatCount(163009536) == "163,009,536";
//     FormatShortCount(163009536) == "163.0M";  FormatDuration(185) == "3 min 05 s";

#ifndef GOKART_WORKSHOP_HUMAN_H_
#define GOKART_WORKSHOP_HUMAN_H_

#include <cstdint>
#include <string>

namespace gokart {

/// Decimal units (1 MB = 10^6 bytes), as publishers and the workshop state sizes: "497.8 MB".
std::string FormatBytes(double bytes);

/// Groups of three digits: "163,009,536".
std::string FormatCount(int64_t count);

/// About three to four digits and a letter for thousands (k), millions (M), billions (B), trillions
/// (T): "124.4M".
std::string FormatShortCount(double count);

/// "85 us", "12.3 ms", "4.2 s", "3 min 05 s", "2 h 14 min", "3 days 4 h".
std::string FormatDuration(double seconds);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_HUMAN_H_
