#include "tensor/quantized/weight_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace gokart {
namespace {

constexpr int64_t kLargePage = int64_t{2} << 20;
constexpr int64_t kPieceBytes = int64_t{32} << 20;

// Pages come from the system as zeros, and only when they are first touched.
class Piece {
 public:
  explicit Piece(int64_t bytes) : mapped_(bytes + kLargePage) {
    void* const memory =
        mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    memory_ = static_cast<char*>(memory);
    // The mapping is a page longer than needed, so that there is a boundary to begin at.
    const auto address = reinterpret_cast<uintptr_t>(memory);
    next_ = memory_ + (kLargePage - address % kLargePage) % kLargePage;
    end_ = next_ + bytes;
    madvise(next_, bytes, MADV_HUGEPAGE);
  }
  ~Piece() { munmap(memory_, mapped_); }
  Piece(const Piece&) = delete;

  // Null when there is no room.
  char* Take(int64_t bytes) {
    return end_ - next_ < bytes ? nullptr : std::exchange(next_, next_ + bytes);
  }

 private:
  int64_t mapped_;
  char *memory_, *next_, *end_;
};

}  // namespace

WeightMemory AllocateWeights(int64_t bytes) {
  static std::mutex mutex;
  static std::weak_ptr<Piece> current;  // kept by its matrices
  const std::lock_guard lock(mutex);
  std::shared_ptr<Piece> piece = current.lock();
  char* data = piece != nullptr ? piece->Take(bytes) : nullptr;
  if (data == nullptr) {
    piece = std::make_shared<Piece>(std::max(bytes, kPieceBytes));
    current = piece;
    data = piece->Take(bytes);
  }
  const int64_t floats = bytes / static_cast<int64_t>(sizeof(float));
  return {data, Buffer::Borrow(reinterpret_cast<const float*>(data), floats, std::move(piece))};
}

}  // namespace gokart
