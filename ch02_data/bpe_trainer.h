// Learning a byte-pair vocabulary from text (Sennrich et al. 2016; on bytes, Radford et al. 2019).
//
//     BpeTrainer trainer;
//     trainer.AddText(text);
//     absl::StatusOr<BpeVocabulary> vocabulary = trainer.Train({.vocab_size = 1000});
//
// Start from the 256 bytes. Again and again make the pair of neighbouring tokens that occurs most
// often in the text a new token. Pairs are counted within the pieces that the pretokenizer makes.

#ifndef GOKART_CH02_DATA_BPE_TRAINER_H_
#define GOKART_CH02_DATA_BPE_TRAINER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "ch02_data/bpe_vocabulary.h"

namespace gokart {

struct BpeTrainingOptions {
  /// Ids in all: 256 bytes, learnt tokens, special tokens. The result has fewer if the text does
  /// not offer enough pairs.
  int vocab_size = 1000;
  /// They get the last ids, as in GPT-2.
  std::vector<std::string> special_tokens = {"<|endoftext|>"};
  /// A pair that occurs less often is not merged.
  int64_t min_count = 2;
  /// Called now and then with the number of tokens so far, of vocab_size; returning false stops,
  /// with an error.
  std::function<bool(int tokens)> progress = nullptr;
};

class BpeTrainer {
 public:
  /// Special tokens (their text) that are cut out of the texts, so that nothing is learnt from
  /// them.
  explicit BpeTrainer(std::vector<std::string> special_tokens = {"<|endoftext|>"});

  /// May be called for one text after the other; no pair reaches from one to the next. Memory grows
  /// with the number of different pieces, not with the text.
  void AddText(std::string_view text);

  int64_t num_pieces() const { return num_pieces_; }
  int64_t num_distinct_pieces() const { return static_cast<int64_t>(counts_.size()); }

  /// The same vocabulary for the same texts in any order. Of equally frequent pairs the one with
  /// the smaller left id comes first, then the one with the smaller right id (as in Hugging Face's
  /// trainer), ids being those of GPT-2's byte order and then in the order learnt. Errors:
  /// a vocab_size with no room for bytes and special tokens; a repeated special token; stopped.
  absl::StatusOr<BpeVocabulary> Train(const BpeTrainingOptions& options = {}) const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view s) const { return std::hash<std::string_view>()(s); }
  };

  SpecialTokenSplitter splitter_;
  std::unordered_map<std::string, int64_t, Hash, std::equal_to<>> counts_;
  int64_t num_pieces_ = 0;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_BPE_TRAINER_H_
