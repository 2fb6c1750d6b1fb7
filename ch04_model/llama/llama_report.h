// The pages of `bazel run //ch04_model -- llama`, as text.
//
//   std::cout << StepsTable(/*num_tokens=*/8192) << NamedLlamasTable() << WavelengthTable();
#ifndef GOKART_CH04_MODEL_LLAMA_LLAMA_REPORT_H_
#define GOKART_CH04_MODEL_LLAMA_LLAMA_REPORT_H_

#include <cstdint>
#include <string>

namespace gokart {

/// Each step of GptToLlama() with parameters, what it changed of them, multiply-adds (MACs) of the
/// linear layers per token, and the cache of a sequence of `num_tokens` in bfloat16.
std::string StepsTable(int64_t num_tokens);

/// The published Llamas: sizes (heads of queries / of keys and values), parameters, bytes of the
/// weights and of the cache of a full context in bfloat16.
std::string NamedLlamasTable();

/// After how many tokens some of a head's 64 pairs have turned around once, in Llama 2, 3, 3.1 and
/// 3.2.
std::string WavelengthTable();

/// A micro Llama made, trained on one sentence and asked to continue its beginning; a second or
/// less. The weights are drawn from the global generator.
struct MicroLlama {
  int64_t parameters = 0;
  float first_loss = 0, last_loss = 0;
  int steps = 0;
  std::string sentence, start, written;  ///< `written` includes `start`
  int64_t cache_bytes = 0;               ///< of the sentence, 2 heads of keys and values of 8
};
MicroLlama TrainMicroLlama();
/// What came of it, in words.
std::string MicroLlamaText(const MicroLlama& micro);

}  // namespace gokart

#endif  // GOKART_CH04_MODEL_LLAMA_LLAMA_REPORT_H_
