// A PyTorch file as a whole: the zip archive and what is in it.
#include "ch05_pretrain/weights/fuzz/fuzz_input.h"
#include "ch05_pretrain/weights/torch_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const gokart::FuzzInput input(data, size);
  gokart::TensorFile file;
  file.path = "input";
  if (!gokart::ReadTorchArchive(input.bytes(), file).ok()) return 0;
  gokart::TouchAll(file.tensors);
  (void)gokart::VerifyChecksums(file);
  return 0;
}
