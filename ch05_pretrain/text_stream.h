// Tokens in, text out as soon as it may be shown: never half a character, and nothing of a stop
// string.
//
//   TextStream stream(tokenizer, {"\n\n"}, prompt_ids.back());
//   std::fputs(stream.Add(token).c_str(), stdout);
//   if (stream.stopped()) ...
//   std::fputs(stream.Finish().c_str(), stdout);
#ifndef GOKART_CH05_PRETRAIN_TEXT_STREAM_H_
#define GOKART_CH05_PRETRAIN_TEXT_STREAM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ch02_data/tokenizer.h"

namespace gokart {

class TextStream {
 public:
  /// `before`: the token that the first one follows. Tokenizers that mark the beginning of words
  /// need it to know whether a space goes before a word. Empty stop strings are ignored. The
  /// tokenizer must outlive the stream.
  TextStream(const Tokenizer& tokenizer, std::vector<std::string> stop,
             std::optional<int32_t> before = std::nullopt);

  /// What can be shown now that `token` has come. A stop string may begin and end within tokens:
  /// the text before it is returned, and stopped() is true from then on.
  std::string Add(int32_t token);

  /// What was held back, when no more tokens come.
  std::string Finish();

  bool stopped() const { return stopped_; }

 private:
  std::string PieceOf(int32_t token) const;
  size_t Showable() const;
  std::string Take(size_t n);

  const Tokenizer& tokenizer_;
  std::vector<std::string> stop_;
  std::optional<int32_t> last_;
  std::string pending_;
  bool stopped_ = false;
};

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_TEXT_STREAM_H_
