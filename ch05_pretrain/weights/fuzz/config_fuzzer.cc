// The configurations that GPT-2's publishers put beside their weights.
#include "ch05_pretrain/weights/fuzz/fuzz_input.h"
#include "ch05_pretrain/weights/publisher_config.h"
#include "ch05_pretrain/weights/strict_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const gokart::FuzzInput input(data, size);
  const auto json = gokart::ParseStrictly(input.text(), "input");
  if (!json.ok()) return 0;
  const auto config = gokart::ReadPublisherConfig(*json, "input");
  if (config.ok() && (config->n_heads < 1 || config->emb_dim > 2147483647)) __builtin_trap();
  return 0;
}
