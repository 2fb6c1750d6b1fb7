#include "ch05_pretrain/text_stream.h"

#include <algorithm>
#include <utility>

#include "ch02_data/utf8.h"

namespace gokart {

TextStream::TextStream(const Tokenizer& tokenizer, std::vector<std::string> stop,
                       std::optional<int32_t> before)
    : tokenizer_(tokenizer), stop_(std::move(stop)), last_(before) {
  std::erase(stop_, "");
}

// What the token adds to the text of the one before it.
std::string TextStream::PieceOf(int32_t token) const {
  if (last_) {
    const std::string before = tokenizer_.Decode({*last_}),
                      both = tokenizer_.Decode({*last_, token});
    if (both.compare(0, before.size(), before) == 0) return both.substr(before.size());
  }
  return tokenizer_.Decode({token});
}

std::string TextStream::Take(size_t n) {
  std::string text = pending_.substr(0, n);
  pending_.erase(0, n);
  return text;
}

// All but an unfinished character, and an end with which a stop string begins.
size_t TextStream::Showable() const {
  size_t showable = CompleteUtf8Length(pending_);
  for (const std::string& stop : stop_) {
    for (size_t n = std::min(stop.size() - 1, pending_.size()); n > 0; --n) {
      if (pending_.compare(pending_.size() - n, n, stop, 0, n) == 0) {
        showable = std::min(showable, pending_.size() - n);
        break;
      }
    }
  }
  return showable;
}

std::string TextStream::Add(int32_t token) {
  if (stopped_) return "";
  pending_ += PieceOf(token);
  last_ = token;
  size_t first = std::string::npos;
  for (const std::string& stop : stop_) first = std::min(first, pending_.find(stop));
  if (first == std::string::npos) return Take(Showable());
  stopped_ = true;
  std::string text = Take(first);
  pending_.clear();
  return text;
}

std::string TextStream::Finish() { return Take(pending_.size()); }

}  // namespace gokart
