// The tokenizer within a GGUF file.
#include "ch05_pretrain/weights/fuzz/fuzz_input.h"
#include "ch05_pretrain/weights/fuzz/fuzz_tokenizer.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"
#include "ch05_pretrain/weights/gguf/gguf_vocabulary.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const gokart::FuzzInput input(data, size);
  const auto contents = gokart::ParseGguf(input.bytes(), "input");
  if (!contents.ok()) return 0;
  auto vocabulary = gokart::VocabularyFromGguf(contents->metadata, "input");
  if (vocabulary.ok()) gokart::TryVocabulary(*std::move(vocabulary));
  return 0;
}
