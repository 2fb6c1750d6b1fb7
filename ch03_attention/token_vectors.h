// Tokens with their embedding vectors, as attention takes them: read from a file, or drawn for
// words.
//
//   absl::StatusOr<TokenVectors> tokens = ReadTokenVectors("vectors.csv");
//   TokenVectors tokens = DrawTokenVectors({"the", "dog", "bites", "the", "man"}, /*d_in=*/8);
#ifndef GOKART_CH03_ATTENTION_TOKEN_VECTORS_H_
#define GOKART_CH03_ATTENTION_TOKEN_VECTORS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tensor/tensor.h"

namespace gokart {

struct TokenVectors {
  std::vector<std::string> tokens;
  Tensor vectors;  ///< [T, d_in]
};

/// The chapter's own six (workshop section 3.3.1).
TokenVectors ExampleTokenVectors();

/// A CSV file with one line for each token: its name, then its numbers, equally many on each line.
/// Control characters in names become question marks. Errors name the line: no numbers, another
/// number of them, something that is not a finite number.
absl::StatusOr<TokenVectors> ReadTokenVectors(const std::string& path);

/// Normally distributed vectors, as embeddings before training are, from GlobalGenerator(). Equal
/// words get equal vectors.
TokenVectors DrawTokenVectors(const std::vector<std::string>& words, int64_t d_in);

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_TOKEN_VECTORS_H_
