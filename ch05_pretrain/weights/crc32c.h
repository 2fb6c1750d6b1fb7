// CRC-32C (Castagnoli; RFC 3720, appendix B.4): the checksum in TensorFlow's and leveldb's files.
//
//   Crc32c(std::as_bytes(std::span("123456789", 9))) == 0xe3069283
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_CRC32C_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_CRC32C_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace gokart {

/// Of bytes that follow others whose checksum is `before`, or of the first ones.
uint32_t Crc32c(std::span<const std::byte> bytes, uint32_t before = 0);

/// How leveldb and TensorFlow store a checksum, so that a checksum over data with checksums in it
/// is a good one still: rotated, and a constant added.
inline uint32_t MaskCrc32c(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_CRC32C_H_
