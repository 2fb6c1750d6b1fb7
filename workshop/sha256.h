// Checksums of files.
//
//     Sha256 sum;
//     sum.Add(data, size);
//     sum.Hex() == "ba7816bf..."

#ifndef GOKART_WORKSHOP_SHA256_H_
#define GOKART_WORKSHOP_SHA256_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

struct evp_md_ctx_st;

namespace gokart {

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Add(const void* data, size_t size);

  /// The sum of all bytes so far as 64 lower-case hexadecimal digits; nothing can be added
  /// afterwards.
  std::string Hex();

 private:
  evp_md_ctx_st* context_;
};

/// Of a whole file, read piece by piece.
absl::StatusOr<std::string> Sha256OfFile(const std::string& path);

}  // namespace gokart

#endif  // GOKART_WORKSHOP_SHA256_H_
