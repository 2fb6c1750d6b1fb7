// GGUF files: metadata, tensors, data.
#include "ch05_pretrain/weights/fuzz/fuzz_input.h"
#include "ch05_pretrain/weights/gguf/gguf_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const gokart::FuzzInput input(data, size);
  const auto contents = gokart::ParseGguf(input.bytes(), "input");
  if (!contents.ok()) return 0;
  unsigned sum = 0;
  for (const gokart::GgufTensor& tensor : contents->tensors) {
    for (const std::byte b : tensor.bytes) sum += static_cast<unsigned>(b);
  }
  gokart::KeepAlive(sum);
  return 0;
}
