// Writes the seeds of a fuzz target into a folder: write_seeds TARGET FOLDER.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>

#include "ch05_pretrain/weights/fuzz/seeds.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: write_seeds TARGET FOLDER\n");
    return 1;
  }
  try {
    std::filesystem::create_directories(argv[2]);
    for (const gokart::Seed& seed : gokart::SeedsFor(argv[1])) {
      std::ofstream file(std::string(argv[2]) + "/" + seed.name, std::ios::binary);
      file << seed.bytes;
      if (!file.flush()) throw std::runtime_error("cannot write " + seed.name);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "write_seeds: %s\n", error.what());
    return 1;
  }
}
