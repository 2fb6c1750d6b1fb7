#include "ch05_pretrain/weights/gguf/gguf_names.h"

#include <stdexcept>
#include <string_view>

namespace gokart {
namespace {

// One line of the table in the header. Names of blocks stand without "trf_blocks.N." and "blk.N.".
struct Line {
  std::string_view workshop, gguf;
  int part = 0, parts = 1;
};

constexpr Line kModel[] = {
    {"tok_emb.weight", "token_embd.weight"},    {"pos_emb.weight", "position_embd.weight"},
    {"final_norm.scale", "output_norm.weight"}, {"final_norm.shift", "output_norm.bias"},
    {"out_head.weight", "output.weight"},
};

constexpr Line kBlock[] = {
    {"norm1.scale", "attn_norm.weight"},
    {"norm1.shift", "attn_norm.bias"},
    {"att.W_query.weight", "attn_qkv.weight", 0, 3},
    {"att.W_key.weight", "attn_qkv.weight", 1, 3},
    {"att.W_value.weight", "attn_qkv.weight", 2, 3},
    {"att.W_query.bias", "attn_qkv.bias", 0, 3},
    {"att.W_key.bias", "attn_qkv.bias", 1, 3},
    {"att.W_value.bias", "attn_qkv.bias", 2, 3},
    {"att.out_proj.weight", "attn_output.weight"},
    {"att.out_proj.bias", "attn_output.bias"},
    {"norm2.scale", "ffn_norm.weight"},
    {"norm2.shift", "ffn_norm.bias"},
    {"ff.layers.0.weight", "ffn_up.weight"},
    {"ff.layers.0.bias", "ffn_up.bias"},
    {"ff.layers.2.weight", "ffn_down.weight"},
    {"ff.layers.2.bias", "ffn_down.bias"},
};

constexpr std::string_view kWorkshopBlocks = "trf_blocks.", kGgufBlocks = "blk.";

// BLOCKS N "." REST; an empty number for other names, which are all rest.
struct SplitName {
  std::string number, rest;
};

SplitName Split(const std::string& name, std::string_view blocks) {
  if (!name.starts_with(blocks)) return {"", name};
  const size_t end = name.find_first_not_of("0123456789", blocks.size());
  if (end == blocks.size() || end == std::string::npos || name[end] != '.') return {"", name};
  return {name.substr(blocks.size(), end - blocks.size()), name.substr(end + 1)};
}

// Calls visit(line) for the lines of the table in which such a name is.
template <typename Visit>
void ForLines(const SplitName& name, const Visit& visit) {
  if (name.number.empty()) {
    for (const Line& line : kModel) visit(line);
  } else {
    for (const Line& line : kBlock) visit(line);
  }
}

// "blk." + "0" + "." + name, or just the name outside of blocks.
std::string Join(std::string_view blocks, const std::string& number, std::string_view name) {
  if (number.empty()) return std::string(name);
  return std::string(blocks).append(number).append(".").append(name);
}

}  // namespace

GgufPlace GgufPlaceOf(const std::string& workshop_name) {
  const SplitName name = Split(workshop_name, kWorkshopBlocks);
  GgufPlace place;
  ForLines(name, [&](const Line& line) {
    if (line.workshop != name.rest) return;
    place = {Join(kGgufBlocks, name.number, line.gguf), line.part, line.parts};
  });
  if (place.name.empty()) {
    throw std::invalid_argument("GgufPlaceOf: no GPT has a parameter " + workshop_name);
  }
  return place;
}

std::vector<std::string> WorkshopNamesIn(const std::string& gguf_name) {
  const SplitName name = Split(gguf_name, kGgufBlocks);
  std::vector<std::string> names;
  ForLines(name, [&](const Line& line) {
    if (line.gguf == name.rest) names.push_back(Join(kWorkshopBlocks, name.number, line.workshop));
  });
  return names;
}

}  // namespace gokart
