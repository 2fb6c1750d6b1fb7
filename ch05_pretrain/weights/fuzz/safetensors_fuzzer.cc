// Safetensors files: header and data.
#include "ch05_pretrain/weights/fuzz/fuzz_input.h"
#include "tensor/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const gokart::FuzzInput input(data, size);
  const auto contents = gokart::ParseSafetensors(input.bytes(), "input");
  if (contents.ok()) gokart::TouchAll(contents->entries);
  return 0;
}
