// Hugging Face's tokenizer.json.
#include "ch02_data/huggingface_format.h"
#include "ch05_pretrain/weights/fuzz/fuzz_input.h"
#include "ch05_pretrain/weights/fuzz/fuzz_tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const gokart::FuzzInput input(data, size);
  auto vocabulary = gokart::ParseHuggingFace(input.text(), "input");
  if (vocabulary.ok()) gokart::TryVocabulary(*std::move(vocabulary));
  return 0;
}
