// The sentence that the chapter computes with: six tokens, each with a made-up embedding of three
// numbers (workshop section 3.3.1). Tokens with similar vectors attend to each other most: compare
// "journey" and "starts".
#ifndef GOKART_CH03_ATTENTION_EXAMPLE_SENTENCE_H_
#define GOKART_CH03_ATTENTION_EXAMPLE_SENTENCE_H_

#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace gokart {

inline std::vector<std::string> ExampleWords() {
  return {"Your", "journey", "starts", "with", "one", "step"};
}

/// [6, 3].
inline Tensor ExampleInputs() {
  return Tensor::FromValues({6, 3}, {0.43f, 0.15f, 0.89f,    // Your
                                     0.55f, 0.87f, 0.66f,    // journey
                                     0.57f, 0.85f, 0.64f,    // starts
                                     0.22f, 0.58f, 0.33f,    // with
                                     0.77f, 0.25f, 0.10f,    // one
                                     0.05f, 0.80f, 0.55f});  // step
}

/// The sentence twice, as a batch: [2, 6, 3].
inline Tensor ExampleBatch() {
  const Tensor x = ExampleInputs();
  std::vector<float> twice(x.values().begin(), x.values().end());
  twice.insert(twice.end(), x.values().begin(), x.values().end());
  return Tensor::FromValues({2, 6, 3}, twice);
}

}  // namespace gokart

#endif  // GOKART_CH03_ATTENTION_EXAMPLE_SENTENCE_H_
