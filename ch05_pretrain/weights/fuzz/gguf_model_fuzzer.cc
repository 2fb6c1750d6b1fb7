// A GGUF file as a model: configuration, sizes, names, and every weight.
#include <cmath>

#include "ch05_pretrain/weights/fuzz/fuzz_input.h"
#include "ch05_pretrain/weights/gguf/open_gguf.h"
#include "ch05_pretrain/weights/load_model.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const gokart::FuzzInput input(data, size);
  absl::StatusOr<gokart::WeightFile> file = gokart::ReadGguf(input.bytes(), "input");
  if (!file.ok()) return 0;
  gokart::TouchAll(file->tensors);
  const auto loaded = gokart::LoadModel(*std::move(file), {.trainable = true});
  if (!loaded.ok()) return 0;
  for (const gokart::NamedPart& part : loaded->model->NamedParts()) {
    float sum = 0;
    for (const float x : part.values()) sum += x;
    gokart::KeepAlive(sum);
  }
  return 0;
}
