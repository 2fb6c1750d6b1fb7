// A text as token ids, wherever they lie: in memory, or in a file larger than memory.
#ifndef GOKART_CH02_DATA_TOKEN_STREAM_H_
#define GOKART_CH02_DATA_TOKEN_STREAM_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace gokart {

/// Read access to a long sequence of token ids; safe to use from several threads.
class TokenStream {
 public:
  virtual ~TokenStream() = default;
  virtual int64_t size() const = 0;
  /// Copies the ids [begin, begin + out.size()), which must lie inside.
  virtual void Read(int64_t begin, std::span<int32_t> out) const = 0;
};

/// Ids in memory.
class TokenVector : public TokenStream {
 public:
  explicit TokenVector(std::vector<int32_t> ids) : ids_(std::move(ids)) {}
  int64_t size() const override { return static_cast<int64_t>(ids_.size()); }
  void Read(int64_t begin, std::span<int32_t> out) const override {
    std::copy_n(ids_.begin() + begin, out.size(), out.begin());
  }

 private:
  std::vector<int32_t> ids_;
};

/// The ids [begin, begin + size) of another stream, which must have them.
class TokenRange : public TokenStream {
 public:
  TokenRange(std::shared_ptr<const TokenStream> whole, int64_t begin, int64_t size)
      : whole_(std::move(whole)), begin_(begin), size_(size) {}
  int64_t size() const override { return size_; }
  void Read(int64_t begin, std::span<int32_t> out) const override {
    whole_->Read(begin_ + begin, out);
  }

 private:
  std::shared_ptr<const TokenStream> whole_;
  int64_t begin_, size_;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_TOKEN_STREAM_H_
