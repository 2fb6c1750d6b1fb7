#include "ch05_pretrain/weights/gpt_names.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace gokart {
namespace {

constexpr char kBlocks[] = "trf_blocks.";
constexpr char kPrefix[] = "transformer.";

// One line of the table in the header. Names of blocks stand without "trf_blocks.N.", "h.N." and
// "model/hN/".
struct Line {
  const char* workshop;
  const char* hugging_face;
  const char* open_ai;
  bool transposed = false;
  int part = 0, parts = 1;
  int rows = 1, columns = 0;  // of the workshop's parameter, in units of C; no columns: a vector
};

constexpr Line kModel[] = {
    {"tok_emb.weight", "wte.weight", "wte"},       {"pos_emb.weight", "wpe.weight", "wpe"},
    {"final_norm.scale", "ln_f.weight", "ln_f/g"}, {"final_norm.shift", "ln_f.bias", "ln_f/b"},
    {"out_head.weight", "lm_head.weight", "wte"},
};

// In the workshop's order.
constexpr Line kBlock[] = {
    {"att.W_query.weight", "attn.c_attn.weight", "attn/c_attn/w", true, 0, 3, 1, 1},
    {"att.W_query.bias", "attn.c_attn.bias", "attn/c_attn/b", false, 0, 3},
    {"att.W_key.weight", "attn.c_attn.weight", "attn/c_attn/w", true, 1, 3, 1, 1},
    {"att.W_key.bias", "attn.c_attn.bias", "attn/c_attn/b", false, 1, 3},
    {"att.W_value.weight", "attn.c_attn.weight", "attn/c_attn/w", true, 2, 3, 1, 1},
    {"att.W_value.bias", "attn.c_attn.bias", "attn/c_attn/b", false, 2, 3},
    {"att.out_proj.weight", "attn.c_proj.weight", "attn/c_proj/w", true, 0, 1, 1, 1},
    {"att.out_proj.bias", "attn.c_proj.bias", "attn/c_proj/b"},
    {"ff.layers.0.weight", "mlp.c_fc.weight", "mlp/c_fc/w", true, 0, 1, 4, 1},
    {"ff.layers.0.bias", "mlp.c_fc.bias", "mlp/c_fc/b", false, 0, 1, 4},
    {"ff.layers.2.weight", "mlp.c_proj.weight", "mlp/c_proj/w", true, 0, 1, 1, 4},
    {"ff.layers.2.bias", "mlp.c_proj.bias", "mlp/c_proj/b"},
    {"norm1.scale", "ln_1.weight", "ln_1/g"},
    {"norm1.shift", "ln_1.bias", "ln_1/b"},
    {"norm2.scale", "ln_2.weight", "ln_2/g"},
    {"norm2.shift", "ln_2.bias", "ln_2/b"},
};

template <size_t N>
const Line* FindLine(const Line (&table)[N], std::string_view workshop_name) {
  const auto line = std::find_if(std::begin(table), std::end(table),
                                 [&](const Line& l) { return workshop_name == l.workshop; });
  return line == std::end(table) ? nullptr : &*line;
}

// The number and the rest of "trf_blocks.N.REST"; an empty number for other names.
struct BlockName {
  std::string number, rest;
};

BlockName SplitBlockName(const std::string& name) {
  if (!absl::StartsWith(name, kBlocks)) return {};
  const size_t begin = sizeof(kBlocks) - 1;
  const size_t end = name.find_first_not_of("0123456789", begin);
  if (end == begin || end == std::string::npos || name[end] != '.') return {};
  return {name.substr(begin, end - begin), name.substr(end + 1)};
}

}  // namespace

const char* GptNamingText(GptNaming naming) {
  if (naming == GptNaming::kWorkshop) return "the workshop's";
  return naming == GptNaming::kHuggingFace ? "Hugging Face's" : "OpenAI's";
}

std::vector<GptParameter> GptParameters(const GptConfig& config) {
  const int64_t c = config.emb_dim;
  std::vector<GptParameter> parameters = {{"tok_emb.weight", {config.vocab_size, c}},
                                          {"pos_emb.weight", {config.context_length, c}}};
  for (int64_t layer = 0; layer < config.n_layers; ++layer) {
    const std::string block = absl::StrCat(kBlocks, layer, ".");
    for (const Line& line : kBlock) {
      const bool qkv_bias = line.parts == 3 && line.columns == 0;
      if (qkv_bias && !config.qkv_bias) continue;
      std::vector<int64_t> shape = {line.rows * c};
      if (line.columns > 0) shape.push_back(line.columns * c);
      parameters.push_back({block + line.workshop, shape});
    }
  }
  parameters.push_back({"final_norm.scale", {c}});
  parameters.push_back({"final_norm.shift", {c}});
  if (!config.tie_weights) parameters.push_back({"out_head.weight", {config.vocab_size, c}});
  return parameters;
}

StoredPlace PlaceOf(const std::string& workshop_name, GptNaming naming) {
  if (naming == GptNaming::kWorkshop) return {workshop_name};
  const BlockName block = SplitBlockName(workshop_name);
  const bool in_block = !block.number.empty();
  const Line* line = in_block ? FindLine(kBlock, block.rest) : FindLine(kModel, workshop_name);
  if (line == nullptr) {
    throw std::invalid_argument("PlaceOf: no GPT has a parameter " + workshop_name);
  }
  const bool hugging_face = naming == GptNaming::kHuggingFace;
  const std::string before =
      hugging_face ? (in_block ? absl::StrCat("h.", block.number, ".") : "")
                   : (in_block ? absl::StrCat("model/h", block.number, "/") : "model/");
  return {before + (hugging_face ? line->hugging_face : line->open_ai), line->transposed,
          line->part, line->parts};
}

std::vector<int64_t> StoredShape(const StoredPlace& place, std::span<const int64_t> shape,
                                 GptNaming naming) {
  std::vector<int64_t> stored(shape.begin(), shape.end());
  if (place.transposed) std::reverse(stored.begin(), stored.end());
  if (!stored.empty()) stored.back() *= place.parts;
  if (place.transposed && naming == GptNaming::kOpenAi) stored.insert(stored.begin(), 1);
  return stored;
}

std::optional<GptNaming> FindNaming(std::span<const StoredTensor> tensors) {
  const std::string prefix = NamePrefix(tensors);
  for (const GptNaming naming :
       {GptNaming::kWorkshop, GptNaming::kHuggingFace, GptNaming::kOpenAi}) {
    // Any one of a few will do: which tensors are missing is for the loader to say.
    for (const char* ours : {"tok_emb.weight", "final_norm.scale", "trf_blocks.0.norm1.scale",
                             "trf_blocks.0.att.W_query.weight"}) {
      const std::string name = PlaceOf(ours, naming).name;
      for (const StoredTensor& tensor : tensors) {
        if (tensor.name == name) return naming;
        if (naming == GptNaming::kHuggingFace && tensor.name == prefix + name) return naming;
      }
    }
  }
  return std::nullopt;
}

std::string NamePrefix(std::span<const StoredTensor> tensors) {
  const bool prefixed = std::any_of(tensors.begin(), tensors.end(), [](const StoredTensor& t) {
    return absl::StartsWith(t.name, kPrefix);
  });
  return prefixed ? kPrefix : "";
}

bool IsNoParameter(const std::string& name, GptNaming naming) {
  if (absl::StartsWith(name, "optimizer.") || absl::StartsWith(name, "training.")) return true;
  if (naming == GptNaming::kWorkshop) return absl::EndsWith(name, ".att.mask");
  if (naming == GptNaming::kOpenAi) return false;
  return absl::EndsWith(name, ".attn.bias") || absl::EndsWith(name, ".attn.masked_bias");
}

}  // namespace gokart
