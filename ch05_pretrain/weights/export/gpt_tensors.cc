#include "ch05_pretrain/weights/export/gpt_tensors.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ch05_pretrain/weights/gguf/gguf_names.h"
#include "ch05_pretrain/weights/gpt_names.h"
#include "tensor/nn/named_part.h"

namespace gokart {
namespace {

constexpr char kTokenTable[] = "tok_emb.weight";
constexpr char kHead[] = "out_head.weight";
constexpr char kQueryWeight[] = "att.W_query.weight";

std::vector<float> ValuesOf(const NamedPart& part) {
  return std::vector<float>(part.values().begin(), part.values().end());
}

std::function<std::vector<float>()> Zeros(int64_t count) {
  return [count] { return std::vector<float>(static_cast<size_t>(count)); };
}

// Parameters that stand in one tensor, in order.
struct Group {
  std::string name;
  std::vector<NamedPart> parts;
  bool transposed = false;
};

// Puts each parameter where its name belongs; place_of(name) has a name and perhaps transposes.
template <typename PlaceOfName>
std::vector<Group> Grouped(const GPTModel& model, const PlaceOfName& place_of) {
  std::vector<Group> groups;
  for (NamedPart& part : model.NamedParts()) {
    const auto [name, transposed] = place_of(part.name);
    const auto same = std::find_if(groups.begin(), groups.end(),
                                   [&, &n = name](const Group& g) { return g.name == n; });
    if (same != groups.end()) {
      same->parts.push_back(std::move(part));
    } else {
      groups.push_back({name, {std::move(part)}, transposed});
    }
  }
  return groups;
}

// Matrices [out_i, in] -> [in, sum of out_i], side by side.
std::vector<float> SideBySide(const std::vector<NamedPart>& parts) {
  const int64_t rows = parts.front().shape()[1];
  int64_t columns = 0;
  for (const NamedPart& part : parts) columns += part.rows;
  std::vector<float> out(static_cast<size_t>(rows * columns));
  int64_t begin = 0;  // of the part's columns
  for (const NamedPart& part : parts) {
    const std::span<const float> values = part.values();
    // A few columns at a time, so that what is written stays in the cache.
    constexpr int64_t kColumns = 16;
    for (int64_t block = 0; block < part.rows; block += kColumns) {
      const int64_t end = std::min(block + kColumns, part.rows);
      for (int64_t i = 0; i < rows; ++i) {
        for (int64_t o = block; o < end; ++o) {
          out[i * columns + begin + o] = values[o * rows + i];
        }
      }
    }
    begin += part.rows;
  }
  return out;
}

// Rows, or vectors, one below the other.
std::vector<float> Stacked(const std::vector<NamedPart>& parts) {
  std::vector<float> out;
  for (const NamedPart& part : parts) {
    out.insert(out.end(), part.values().begin(), part.values().end());
  }
  return out;
}

TensorToWrite Joined(const Group& group, DType dtype) {
  std::vector<int64_t> shape = group.parts.front().shape().ToVector();
  shape.front() = 0;
  for (const NamedPart& part : group.parts) shape.front() += part.rows;
  if (group.transposed) std::reverse(shape.begin(), shape.end());
  return {group.name, dtype, shape,
          [group] { return group.transposed ? SideBySide(group.parts) : Stacked(group.parts); }};
}

// All tensors, with a bias of zeros behind the attention's weights where the model has none.
std::vector<TensorToWrite> JoinedWithBiases(const std::vector<Group>& groups, bool qkv_bias,
                                            DType dtype) {
  std::vector<TensorToWrite> tensors;
  for (const Group& group : groups) {
    tensors.push_back(Joined(group, dtype));
    if (qkv_bias || !absl::EndsWith(group.parts.front().name, kQueryWeight)) continue;
    int64_t width = 0;
    for (const NamedPart& part : group.parts) width += part.rows;
    const std::string stem = group.name.substr(0, group.name.rfind('.'));
    tensors.push_back({absl::StrCat(stem, ".bias"), dtype, {width}, Zeros(width)});
  }
  return tensors;
}

// 1 where a position may not look: above the diagonal.
std::vector<float> CausalMask(int64_t n) {
  std::vector<float> mask(static_cast<size_t>(n * n));
  for (int64_t i = 0; i < n; ++i) {
    std::fill(mask.begin() + i * n + i + 1, mask.begin() + (i + 1) * n, 1.0f);
  }
  return mask;
}

TensorToWrite Whole(const NamedPart& part, const std::string& name, DType dtype) {
  return {name, dtype, part.shape().ToVector(), [part] { return ValuesOf(part); }};
}

}  // namespace

std::vector<TensorToWrite> WorkshopTensors(const GPTModel& model, DType dtype) {
  const int64_t context = model.config.context_length;
  const std::vector<NamedPart> parts = model.NamedParts();
  std::vector<TensorToWrite> tensors;
  std::string first_mask;
  for (const NamedPart& part : parts) {
    if (absl::EndsWith(part.name, kQueryWeight)) {  // PyTorch lists buffers before the layers
      const std::string stem = part.name.substr(0, part.name.size() - sizeof(kQueryWeight) + 1);
      const std::string name = absl::StrCat(stem, "att.mask");
      tensors.push_back(
          {name, dtype, {context, context}, [=] { return CausalMask(context); }, first_mask});
      if (first_mask.empty()) first_mask = name;
    }
    tensors.push_back(Whole(part, part.name, dtype));
  }
  if (model.config.tie_weights) {
    tensors.push_back(Whole(parts.front(), kHead, dtype));
    tensors.back().same_as = kTokenTable;
  }
  return tensors;
}

std::vector<TensorToWrite> HuggingFaceTensors(const GPTModel& model, DType dtype) {
  const auto place_of = [](const std::string& name) {
    const StoredPlace place = PlaceOf(name, GptNaming::kHuggingFace);
    return std::pair(name == kHead ? place.name : absl::StrCat("transformer.", place.name),
                     place.transposed);
  };
  return JoinedWithBiases(Grouped(model, place_of), model.config.qkv_bias, dtype);
}

std::vector<TensorToWrite> GgufTensors(const GPTModel& model, DType dtype) {
  const auto place_of = [](const std::string& name) {
    return std::pair(GgufPlaceOf(name).name, false);
  };
  std::vector<TensorToWrite> tensors =
      JoinedWithBiases(Grouped(model, place_of), model.config.qkv_bias, dtype);
  for (TensorToWrite& tensor : tensors) {
    if (tensor.shape.size() == 1 || tensor.name == GgufPlaceOf("pos_emb.weight").name) {
      tensor.dtype = DType::kF32;
    } else if (tensor.shape.back() % static_cast<int64_t>(DTypeBlock(dtype)) != 0) {
      tensor.dtype = DType::kF16;
    }
  }
  return tensors;
}

}  // namespace gokart
