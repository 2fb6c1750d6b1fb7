#include "workshop/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <new>
#include <vector>

#include "absl/strings/escaping.h"
#include "workshop/file.h"

namespace gokart {

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (context_ == nullptr || EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
}

Sha256::~Sha256() { EVP_MD_CTX_free(context_); }

void Sha256::Add(const void* data, size_t size) { EVP_DigestUpdate(context_, data, size); }

std::string Sha256::Hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_, digest.data(), &size);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), size});
}

absl::StatusOr<std::string> Sha256OfFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) return ErrnoStatus(path, errno);
  Sha256 sum;
  std::vector<char> part(1 << 20);
  size_t got;
  while ((got = std::fread(part.data(), 1, part.size(), file)) > 0) sum.Add(part.data(), got);
  const int error = std::ferror(file) ? errno : 0;
  std::fclose(file);
  if (error != 0) return ErrnoStatus(path, error);
  return sum.Hex();
}

}  // namespace gokart
