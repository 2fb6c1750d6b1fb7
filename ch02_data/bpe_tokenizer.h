// Byte-level byte-pair encoding, fast: GPT-2's tokenizer.
//
//     BpeTokenizer tokenizer("gpt2", vocabulary);
//     std::vector<int32_t> ids = tokenizer.EncodeOrdinary("Hello, world.");   // 15496 11 995 13
//
// A text goes through three steps: added tokens are cut out (special_tokens.h), the rest is cut
// into pieces (pretokenizer.h), and each piece is merged from its bytes (merge_piece.h) or
// remembered (piece_cache.h). bpe_explained.h does the same slowly and shows each merge.

#ifndef GOKART_CH02_DATA_BPE_TOKENIZER_H_
#define GOKART_CH02_DATA_BPE_TOKENIZER_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ch02_data/bpe_vocabulary.h"
#include "ch02_data/piece_cache.h"
#include "ch02_data/special_tokens.h"
#include "ch02_data/tokenizer.h"

namespace gokart {

class BpeTokenizer : public Tokenizer {
 public:
  BpeTokenizer(std::string name, BpeVocabulary vocabulary);

  std::string name() const override { return name_; }
  int vocab_size() const override { return vocabulary_.size(); }
  absl::StatusOr<std::vector<int32_t>> Encode(std::string_view text,
                                              const SpecialTokens& special = {}) const override;
  std::string Decode(const std::vector<int32_t>& ids) const override;
  std::optional<int32_t> SpecialToken(std::string_view text) const override;

  size_t LastSafeCut(std::string_view text) const override;

  /// As Hugging Face's tokenizer.json.
  absl::Status Save(const std::string& path) const override;

  /// The ids of any bytes, special tokens being spelled out. Cannot fail.
  std::vector<int32_t> EncodeOrdinary(std::string_view text) const;

  const BpeVocabulary& vocabulary() const { return vocabulary_; }

 private:
  class CacheLoan;
  class IdBuffer;
  void EncodePieces(std::string_view text, PieceCache& cache, IdBuffer& out) const;
  void EncodePiece(const PieceCache::Key& key, PieceCache& cache, IdBuffer& out) const;
  void EncodeNewPiece(const PieceCache::Key& key, PieceCache& cache, IdBuffer& out) const;

  std::string name_;
  BpeVocabulary vocabulary_;
  SpecialTokenSplitter added_tokens_;

  // Caches that no call is using now; each call of Encode borrows one, so there are never more than
  // calls that ran at the same time.
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<PieceCache>> idle_caches_;
};

}  // namespace gokart

#endif  // GOKART_CH02_DATA_BPE_TOKENIZER_H_
