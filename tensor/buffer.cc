#include "tensor/buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <stdexcept>
#include <vector>

namespace gokart {
namespace {

constexpr int64_t kAlignment = 64;
constexpr int64_t kHugePage = int64_t{2} << 20;

// Sizes are rounded up to one of eight steps per power of two, so that nearby sizes (batches of
// texts of different lengths) share their blocks. Pages that are never touched cost no memory.
int64_t SizeClass(int64_t bytes) {
  if (bytes <= 8 * kAlignment) return (bytes + kAlignment - 1) / kAlignment * kAlignment;
  int64_t step = kAlignment;
  while (step * 16 < bytes) step *= 2;
  return (bytes + step - 1) / step * step;
}

void* SystemAllocate(int64_t bytes) {
  const bool huge = bytes >= 2 * kHugePage;
  void* memory = std::aligned_alloc(huge ? kHugePage : kAlignment,
                                    huge ? (bytes + kHugePage - 1) / kHugePage * kHugePage : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  // Large pages spare the address translation that a matrix product of this size otherwise stalls
  // on.
  if (huge) madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

struct Block {
  void* memory;
  int64_t bytes;
};

class Pool {
 public:
  ~Pool() { Trim(0); }

  // A block of `bytes` or somewhat more.
  Block Allocate(int64_t bytes) {
    std::lock_guard lock(mutex_);
    ++stats_.requests;
    Block block = TakeCached(bytes);
    if (block.memory == nullptr) {
      ++stats_.misses;
      // When shapes change, old blocks would pile up beside new ones: keep the sum near the peak.
      Trim(std::max<int64_t>(
          0, stats_.peak_bytes / 4 + stats_.peak_bytes - stats_.live_bytes - bytes));
      block = {SystemAllocate(bytes), bytes};
    }
    stats_.live_bytes += block.bytes;
    stats_.peak_bytes = std::max(stats_.peak_bytes, stats_.live_bytes);
    return block;
  }

  void Free(void* memory, int64_t bytes) {
    std::lock_guard lock(mutex_);
    free_[bytes].push_back(memory);
    stats_.live_bytes -= bytes;
    stats_.cached_bytes += bytes;
  }

  // Frees cached blocks, the largest first, until at most `keep` bytes are cached.
  void Trim(int64_t keep) {
    for (auto it = free_.rbegin(); it != free_.rend() && stats_.cached_bytes > keep; ++it) {
      while (!it->second.empty() && stats_.cached_bytes > keep) {
        std::free(it->second.back());
        it->second.pop_back();
        stats_.cached_bytes -= it->first;
      }
    }
  }

  std::mutex mutex_;
  PoolStats stats_;

 private:
  // The smallest cached block of at least `bytes`, if it is at most half as large again. With exact
  // sizes alone, gradients of weights would not find the blocks that activations just gave back: a
  // training step of GPT-2 124M took 13% more memory, part of it new in every step.
  Block TakeCached(int64_t bytes) {
    for (auto it = free_.lower_bound(bytes); it != free_.end(); ++it) {
      if (it->first > bytes + bytes / 2) break;
      if (it->second.empty()) continue;
      const Block block = {it->second.back(), it->first};
      it->second.pop_back();
      stats_.cached_bytes -= block.bytes;
      return block;
    }
    return {nullptr, 0};
  }

  std::map<int64_t, std::vector<void*>> free_;  // size in bytes -> blocks of that size
};

// Reached through a function so that tensors with static lifetime find it alive: it is made by the
// first of them, and never destroyed before the last.
Pool& ThePool() {
  static Pool* pool = new Pool;
  return *pool;
}

}  // namespace

struct Buffer::Storage {
  Storage(float* data, int64_t size, int64_t pool_bytes, std::shared_ptr<const void> owner)
      : data(data), size(size), pool_bytes(pool_bytes), owner(std::move(owner)) {}
  Storage(const Storage&) = delete;
  ~Storage() {
    if (pool_bytes > 0) ThePool().Free(data, pool_bytes);
  }

  float* data;
  int64_t size;
  int64_t pool_bytes;  // 0: borrowed
  std::shared_ptr<const void> owner;
  uint64_t version = 0;
};

Buffer Buffer::Allocate(int64_t size) {
  const int64_t bytes = SizeClass(std::max<int64_t>(1, size) * sizeof(float));
  const Block block = ThePool().Allocate(bytes);
  Buffer buffer;
  buffer.storage_ =
      std::make_shared<Storage>(static_cast<float*>(block.memory), size, block.bytes, nullptr);
  return buffer;
}

Buffer Buffer::Borrow(const float* data, int64_t size, std::shared_ptr<const void> owner) {
  Buffer buffer;
  buffer.storage_ =
      std::make_shared<Storage>(const_cast<float*>(data), size, /*pool_bytes=*/0, std::move(owner));
  return buffer;
}

int64_t Buffer::size() const { return storage_ ? storage_->size : 0; }
const float* Buffer::data() const { return storage_ ? storage_->data : nullptr; }
bool Buffer::borrowed() const { return storage_ && storage_->pool_bytes == 0; }
uint64_t Buffer::version() const { return storage_ ? storage_->version : 0; }

float* Buffer::mutable_data() {
  if (borrowed()) throw std::logic_error("Buffer: this memory belongs to a file and is read-only");
  if (!storage_) return nullptr;
  ++storage_->version;
  return storage_->data;
}

PoolStats GetPoolStats() {
  std::lock_guard lock(ThePool().mutex_);
  return ThePool().stats_;
}

void ResetPoolPeak() {
  std::lock_guard lock(ThePool().mutex_);
  ThePool().stats_.peak_bytes = ThePool().stats_.live_bytes;
}

void ReleasePoolCache() {
  std::lock_guard lock(ThePool().mutex_);
  ThePool().Trim(0);
}

}  // namespace gokart
