// The pickle of a PyTorch file, in an archive whose storages are 256 bytes long.
#include <string>
#include <vector>

#include "ch05_pretrain/weights/fuzz/fuzz_input.h"
#include "ch05_pretrain/weights/pickle.h"
#include "ch05_pretrain/weights/torch_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<std::byte> storage(256);
  const gokart::FuzzInput input(data, size);
  std::vector<gokart::StoredZipEntry> entries = {{"a/data.pkl", input.bytes(), 0}};
  for (int i = 0; i < 4; ++i) entries.push_back({"a/data/" + std::to_string(i), storage, 0});
  gokart::TensorFile file;
  file.path = "input";
  if (gokart::ReadTorchEntries(entries, 4096, file).ok()) gokart::TouchAll(file.tensors);
  return 0;
}
