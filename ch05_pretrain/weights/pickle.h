// Python's pickles, as far as files with tensors need them.
//
//   absl::StatusOr<Pickle> pickle = Pickle::Parse(bytes, "model.pth: data.pkl");
//   for (const auto& [name, value] : pickle->root().Pairs()) ...
//
// A pickle is a program for a small stack machine, and Python's own reader lets it call any
// function there is: loading a file from a stranger can do anything. This reader is closed. It
// knows the instructions that build numbers, strings, lists and dictionaries, and the names that
// torch.save writes; it never calls anything, and refuses everything else with its offset.
// https://docs.python.org/3/library/pickletools.html
#ifndef GOKART_CH05_PRETRAIN_WEIGHTS_PICKLE_H_
#define GOKART_CH05_PRETRAIN_WEIGHTS_PICKLE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace gokart {

/// One value of a pickle. Values may be shared, and a list may even hold itself.
struct PickleValue {
  enum class Kind : uint8_t {
    kNone,
    kBool,        ///< integer is 0 or 1
    kInt,         ///< integer
    kFloat,       ///< real
    kString,      ///< text
    kTuple,       ///< items
    kList,        ///< items
    kDict,        ///< items: key, value, key, value, ...
    kGlobal,      ///< text is "module\nname", for instance "torch\nFloatStorage"
    kCall,        ///< of the function `text`, as kGlobal, with the arguments `items`
    kPersistent,  ///< what lies outside of the pickle; its description is the only item
  };

  Kind kind = Kind::kNone;
  uint32_t offset = 0;  ///< in the pickle, for messages
  union {
    int64_t integer = 0;
    double real;
  };
  std::string_view text;  ///< a part of the pickle
  std::vector<const PickleValue*> items;

  bool Is(Kind k) const { return kind == k; }
  bool IsCallOf(std::string_view function) const { return kind == Kind::kCall && text == function; }
  /// The pairs of a dictionary.
  std::vector<std::pair<const PickleValue*, const PickleValue*>> Pairs() const;
};

class Pickle {
 public:
  /// The names that a pickle may use.
  static constexpr char kOrderedDict[] = "collections\nOrderedDict";
  static constexpr char kSize[] = "torch\nSize";
  static constexpr char kTensor[] = "torch._utils\n_rebuild_tensor_v2";
  static constexpr char kParameter[] = "torch._utils\n_rebuild_parameter";

  /// Runs a pickle of protocol 2 to 5. `bytes` must outlive it; `path` is for messages. Errors say
  /// at which offset: an unknown instruction or name, a stack without what an instruction needs,
  /// bytes that end too early or go on behind the end, more than a million values.
  static absl::StatusOr<Pickle> Parse(std::span<const std::byte> bytes, const std::string& path);

  const PickleValue& root() const { return *root_; }
  size_t num_values() const { return values_.size(); }

 private:
  friend class PickleMachine;
  Pickle() = default;

  std::deque<PickleValue> values_;  // a deque, so that values stay where they are
  const PickleValue* root_ = nullptr;
};

}  // namespace gokart

#endif  // GOKART_CH05_PRETRAIN_WEIGHTS_PICKLE_H_
