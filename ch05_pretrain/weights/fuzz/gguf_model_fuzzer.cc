// A GGUF file as a model: its sizes, and every weight under the workshop's names. Whether they fit
// each other is seen by names and shapes alone, as for any file (tensor_table.h); the engine itself
// cannot be built by clang.
#include "ch05_pretrain/weights/fuzz/fuzz_input.h"
#include "ch05_pretrain/weights/gguf/gguf_config.h"
#include "ch05_pretrain/weights/gguf/gguf_tensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const gokart::FuzzInput input(data, size);
  const auto contents = gokart::ParseGguf(input.bytes(), "input");
  if (!contents.ok()) return 0;
  const auto config = gokart::ReadGgufConfig(*contents, "input");
  if (config.ok()) {
    for (const int64_t n :
         {config->context_length, config->emb_dim, config->n_heads, config->n_layers}) {
      if (n < 1 || n > 2147483647) __builtin_trap();
    }
  }
  const auto tensors = gokart::GgufParameters(*contents, "input");
  if (tensors.ok()) gokart::TouchAll(*tensors);
  return 0;
}
