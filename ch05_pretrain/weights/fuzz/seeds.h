// Inputs from which fuzzing begins: small good files, and files that were made to do harm.
//
//   for (const Seed& seed : SeedsFor("pickle")) WriteFile(folder + "/" + seed.name, seed.bytes);
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_FUZZ_SEEDS_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_FUZZ_SEEDS_H_

#include <string>
#include <vector>

namespace gokart {

struct Seed {
  std::string name;  ///< says what is special, and is a file's name
  std::string bytes;
  bool good = false;  ///< a reader must accept it; it must refuse all others
};

/// The seeds of a target: "safetensors", "shard_index", "config", "tf_checkpoint", "pickle",
/// "torch_file", "gguf", "gguf_model", "gguf_tokenizer" or "tokenizer_json". The golden files are
/// read from tensor/testdata/gpt2_micro in the current folder. Throws std::invalid_argument for
/// another name, std::runtime_error if one is missing.
std::vector<Seed> SeedsFor(const std::string& target);

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_FUZZ_SEEDS_H_
