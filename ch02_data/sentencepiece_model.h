// The part of the sentencepiece library that we use, in standard types only: the library's headers
// bring an absl::string_view of their own and cannot be included beside Abseil's. Use
// sentencepiece_tokenizer.h instead.

#ifndef GOKART_CH02_DATA_SENTENCEPIECE_MODEL_H_
#define GOKART_CH02_DATA_SENTENCEPIECE_MODEL_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gokart {

class SentencePieceModel {
 public:
  /// From the bytes of a .model file. On failure nullptr, and the library's message in *error.
  static std::unique_ptr<SentencePieceModel> Parse(std::string_view serialized, std::string* error);

  /// Trains on `sentences` and returns the bytes of a .model file; on failure an empty string, and
  /// the library's message in *error. `options` are the library's, e.g. {"vocab_size", "1000"}.
  static std::string Train(const std::vector<std::string>& sentences,
                           const std::map<std::string, std::string>& options, std::string* error);

  ~SentencePieceModel();

  int size() const;
  std::string Piece(int id) const;
  /// Tokens that no text contains, such as <s> and </s>.
  bool IsControl(int id) const;
  int end_of_sentence() const;  // -1: none

  /// False, and a message in *error, if the library fails.
  bool Encode(std::string_view text, std::vector<int>* ids, std::string* error) const;
  bool Decode(const std::vector<int>& ids, std::string* text, std::string* error) const;

 private:
  struct Processor;
  SentencePieceModel();

  std::unique_ptr<Processor> processor_;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_SENTENCEPIECE_MODEL_H_
