// Memory for tensors: 64-byte-aligned floats from a pool, or a part of a memory-mapped file.
//
//   Buffer b = Buffer::Allocate(1000);   // contents undefined
//   b.data()[0] = 1;                     // returned to the pool when the last handle goes
//
// A training step asks for the same sizes again and again, so the pool keeps what is given back:
// from the second step on, memory neither comes from the system nor is touched for the first time.
#ifndef GOKART_TENSOR_BUFFER_H_
#define GOKART_TENSOR_BUFFER_H_

#include <cstdint>
#include <memory>

namespace gokart {

/// A counted handle to an array of floats. Copying copies the handle.
class Buffer {
 public:
  Buffer() = default;

  /// `size` floats with undefined contents. Throws std::bad_alloc when memory is exhausted.
  static Buffer Allocate(int64_t size);
  /// Floats that live elsewhere, such as in a mapped file, and stay valid as long as `owner` does.
  /// They are never written: mutable_data() throws.
  static Buffer Borrow(const float* data, int64_t size, std::shared_ptr<const void> owner);

  explicit operator bool() const { return storage_ != nullptr; }
  int64_t size() const;
  const float* data() const;
  /// For writing. Counts as a change: see version(). Throws std::logic_error on borrowed memory.
  float* mutable_data();
  bool borrowed() const;

  /// Goes up with every mutable_data(): an operation that saved this buffer for its gradient can
  /// tell that somebody wrote to it in between.
  uint64_t version() const;
  /// How many handles there are.
  int64_t use_count() const { return storage_.use_count(); }

 private:
  struct Storage;
  std::shared_ptr<Storage> storage_;
};

/// What the pool has done so far, in bytes and numbers of requests.
struct PoolStats {
  int64_t live_bytes = 0;    ///< in use
  int64_t peak_bytes = 0;    ///< the most that was in use since the last ResetPoolPeak()
  int64_t cached_bytes = 0;  ///< given back and kept for the next request
  int64_t requests = 0;
  int64_t misses = 0;  ///< requests that needed new memory from the system
};

PoolStats GetPoolStats();
void ResetPoolPeak();
/// Gives everything that is cached back to the system.
void ReleasePoolCache();

}  // namespace gokart

#endif  // GOKART_TENSOR_BUFFER_H_
