// One file out of a zip archive.
//
//     ExtractFromZip("sms.zip", "SMSSpamCollection", "SMSSpamCollection.tsv", 10 << 20);

#ifndef GOKART_WORKSHOP_UNZIP_H_
#define GOKART_WORKSHOP_UNZIP_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gokart {

/// Writes the archive's file `member` to `path`, in one step (see AtomicFile). At most `limit`
/// bytes come out of it, whatever the archive claims. Errors: not a zip archive, no such member,
/// damaged (its CRC-32 is checked), larger than the limit.
absl::Status ExtractFromZip(const std::string& archive, const std::string& member,
                            const std::string& path, int64_t limit);

/// The SHA-256 of that file, with the same errors: to check it without writing it.
absl::StatusOr<std::string> Sha256InZip(const std::string& archive, const std::string& member,
                                        int64_t limit);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_UNZIP_H_
