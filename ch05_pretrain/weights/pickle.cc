#include "ch05_pretrain/weights/pickle.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tensor/quote_for_message.h"

namespace gokart {

using Kind = PickleValue::Kind;

namespace {

// GPT-2 XL with its optimiser's state has about 40,000.
constexpr size_t kMaxValues = 1'000'000;

// Functions, then types of storages and of numbers, which mean something as arguments only.
constexpr std::string_view kNames[] = {
    Pickle::kOrderedDict,  Pickle::kSize,        Pickle::kTensor,          Pickle::kParameter,
    "torch\nFloatStorage", "torch\nHalfStorage", "torch\nBFloat16Storage", "torch\nDoubleStorage",
    "torch\nLongStorage",  "torch\nIntStorage",  "torch\nShortStorage",    "torch\nCharStorage",
    "torch\nByteStorage",  "torch\nBoolStorage", "torch\nfloat32",         "torch\nfloat16",
    "torch\nbfloat16",     "torch\nfloat64",     "torch\nint64",           "torch\nint32",
    "torch\nint16",        "torch\nint8",        "torch\nuint8",           "torch\nbool",
};

std::string Shown(std::string_view name) {
  std::string shown(name);
  std::replace(shown.begin(), shown.end(), '\n', '.');
  return QuoteForMessage(shown);
}

}  // namespace

std::vector<std::pair<const PickleValue*, const PickleValue*>> PickleValue::Pairs() const {
  std::vector<std::pair<const PickleValue*, const PickleValue*>> pairs;
  for (size_t i = 0; i + 1 < items.size(); i += 2) pairs.emplace_back(items[i], items[i + 1]);
  return pairs;
}

// Runs the instructions one by one.
class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> bytes, const std::string& path)
      : bytes_(reinterpret_cast<const char*>(bytes.data()), bytes.size()), path_(path) {}

  absl::StatusOr<Pickle> Run() {
    if (bytes_.size() > std::numeric_limits<uint32_t>::max()) Fail("it is too long");
    while (ok() && pickle_.root_ == nullptr) {
      start_ = position_;
      const std::string_view code = Take(1);
      if (ok()) Step(static_cast<uint8_t>(code[0]));
    }
    if (ok() && position_ != bytes_.size()) {
      Fail(absl::StrCat(bytes_.size() - position_, " bytes follow its end"));
    }
    if (!ok()) return status_;
    return std::move(pickle_);
  }

 private:
  bool ok() const { return status_.ok(); }

  void Fail(const std::string& what) {
    if (!ok()) return;
    status_ = absl::DataLossError(absl::StrCat(path_, ": pickle: offset ", start_, ": ", what));
  }

  // --- The program's bytes

  std::string_view Take(uint64_t size) {
    if (size > bytes_.size() - position_) {
      Fail(absl::StrCat(size, " bytes expected, ", bytes_.size() - position_, " are left"));
      return {};
    }
    position_ += size;
    return bytes_.substr(position_ - size, size);
  }

  // A little-endian number. 0 if the bytes end before.
  template <typename Int>
  Int TakeInt() {
    const std::string_view bytes = Take(sizeof(Int));
    Int value = 0;
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }

  // Two lines: a module and a name in it. The result has the newline between them.
  std::string_view TakeName() {
    const size_t module = bytes_.find('\n', position_);
    const size_t name = module == bytes_.npos ? module : bytes_.find('\n', module + 1);
    if (name == bytes_.npos) {
      Fail("GLOBAL: two lines expected");
      return {};
    }
    std::string_view lines = Take(name + 1 - position_);
    lines.remove_suffix(1);
    return lines;
  }

  // --- The stack

  PickleValue* New(Kind kind) {
    if (pickle_.values_.size() == kMaxValues) {
      Fail(absl::StrCat("more than ", kMaxValues, " values"));
    }
    PickleValue& value = pickle_.values_.emplace_back();
    value.kind = kind;
    value.offset = static_cast<uint32_t>(start_);
    return &value;
  }

  void Push(PickleValue* value) { stack_.push_back(value); }
  void PushInt(Kind kind, int64_t integer) {
    PickleValue* value = New(kind);
    value->integer = integer;
    Push(value);
  }
  void PushText(Kind kind, std::string_view text) {
    PickleValue* value = New(kind);
    value->text = text;
    Push(value);
  }

  // Whether there are n values above the last mark.
  bool Has(size_t n) {
    const size_t base = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() - base >= n) return true;
    Fail("the stack is empty");
    return false;
  }

  PickleValue* Pop() {
    PickleValue* value = stack_.back();
    stack_.pop_back();
    return value;
  }

  // The values above the last mark, and the mark itself, leave the stack.
  std::vector<const PickleValue*> PopToMark() {
    if (marks_.empty()) {
      Fail("there is no mark on the stack");
      return {};
    }
    const std::vector<const PickleValue*> values(stack_.begin() + marks_.back(), stack_.end());
    stack_.resize(marks_.back());
    marks_.pop_back();
    return values;
  }

  std::vector<const PickleValue*> PopSome(size_t n) {
    if (!Has(n)) return {};
    const std::vector<const PickleValue*> values(stack_.end() - n, stack_.end());
    stack_.resize(stack_.size() - n);
    return values;
  }

  // --- Instructions

  void PushItems(Kind kind, const std::vector<const PickleValue*>& items) {
    if (!ok()) return;
    PickleValue* value = New(kind);
    value->items = items;
    Push(value);
  }

  // Adds items to the list or dictionary on top of the stack.
  void Extend(Kind kind, const std::vector<const PickleValue*>& items) {
    if (!ok() || !Has(1)) return;
    PickleValue* target = stack_.back();
    if (!target->Is(kind) || (kind == Kind::kDict && items.size() % 2 != 0)) {
      Fail(kind == Kind::kDict ? "pairs for a dictionary expected" : "a list expected");
      return;
    }
    target->items.insert(target->items.end(), items.begin(), items.end());
  }

  void Memoize(uint32_t key) {
    if (!Has(1)) return;
    if (memo_.size() == kMaxValues) Fail("too many values are remembered");
    memo_[key] = stack_.back();
  }

  void Recall(uint32_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) {
      Fail(absl::StrCat("nothing is remembered as ", key));
      return;
    }
    Push(found->second);
  }

  void PushGlobal(std::string_view name) {
    if (!ok()) return;
    const auto known = std::find(std::begin(kNames), std::end(kNames), name);
    if (known != std::end(kNames)) return PushText(Kind::kGlobal, *known);
    Fail(absl::StrCat("GLOBAL ", Shown(name),
                      ": no file with tensors needs this name, and it could run any code; "
                      "save a state_dict() of tensors alone"));
  }

  // The module and the name are strings on the stack.
  void StackGlobal() {
    if (!Has(2)) return;
    const PickleValue* name = Pop();
    const PickleValue* module = Pop();
    if (!name->Is(Kind::kString) || !module->Is(Kind::kString)) {
      Fail("STACK_GLOBAL: two strings expected");
      return;
    }
    std::string both(module->text);
    both.append("\n").append(name->text);
    PushGlobal(both);
  }

  // Calls nothing: makes what the function would make, or says that it should have been called.
  void Reduce() {
    if (!Has(2)) return;
    const PickleValue* arguments = Pop();
    const PickleValue* function = Pop();
    if (!function->Is(Kind::kGlobal) || !arguments->Is(Kind::kTuple)) {
      Fail("REDUCE: a function and its arguments expected");
    } else if (function->text == Pickle::kOrderedDict && arguments->items.empty()) {
      Push(New(Kind::kDict));
    } else if (function->text == Pickle::kSize && arguments->items.size() == 1 &&
               arguments->items[0]->Is(Kind::kTuple)) {
      PushItems(Kind::kTuple, arguments->items[0]->items);
    } else if (function->text == Pickle::kTensor || function->text == Pickle::kParameter) {
      PushItems(Kind::kCall, arguments->items);
      stack_.back()->text = function->text;
    } else {
      Fail(absl::StrCat("REDUCE: ", Shown(function->text), " cannot be called like this"));
    }
  }

  // Attributes of an object: those of a dictionary (state_dict() leaves _metadata) don't matter.
  void Build() {
    if (!Has(2)) return;
    Pop();
    if (!stack_.back()->Is(Kind::kDict)) Fail("BUILD: only dictionaries have attributes here");
  }

  // LONG1: a little-endian number in two's complement of any length.
  void PushLong() {
    const uint8_t size = TakeInt<uint8_t>();
    if (size > 8) {
      Fail(absl::StrCat("LONG1: a number of ", size, " bytes, expected at most 8"));
      return;
    }
    const std::string_view bytes = Take(size);
    uint64_t value = 0;
    if (!bytes.empty()) {
      if (static_cast<int8_t>(bytes.back()) < 0) value = ~uint64_t{0};
      std::memcpy(&value, bytes.data(), bytes.size());
    }
    PushInt(Kind::kInt, static_cast<int64_t>(value));
  }

  // BINFLOAT: eight bytes, the highest first.
  void PushFloat() {
    PickleValue* value = New(Kind::kFloat);
    value->real = std::bit_cast<double>(__builtin_bswap64(TakeInt<uint64_t>()));
    Push(value);
  }

  void Stop() {
    if (marks_.empty() && stack_.size() == 1) {
      pickle_.root_ = stack_.back();
    } else {
      Fail(absl::StrCat("STOP: one value expected, ", stack_.size(), " are on the stack"));
    }
  }

  void SetProtocol(uint8_t protocol) {
    if (protocol < 2 || protocol > 5) Fail(absl::StrCat("PROTO: unknown protocol ", protocol));
  }

  // The names are those of Python's pickletools.
  void Step(uint8_t code) {
    switch (code) {
      case 0x80:  // PROTO
        return SetProtocol(TakeInt<uint8_t>());
      case 0x95:  // FRAME: so many bytes could be read ahead
        return static_cast<void>(Take(8));
      case '.':
        return Stop();
      case '(':  // MARK
        return marks_.push_back(stack_.size());
      case 'N':  // NONE
        return PushInt(Kind::kNone, 0);
      case 0x88:  // NEWTRUE
        return PushInt(Kind::kBool, 1);
      case 0x89:  // NEWFALSE
        return PushInt(Kind::kBool, 0);
      case 'K':  // BININT1
        return PushInt(Kind::kInt, TakeInt<uint8_t>());
      case 'M':  // BININT2
        return PushInt(Kind::kInt, TakeInt<uint16_t>());
      case 'J':  // BININT
        return PushInt(Kind::kInt, TakeInt<int32_t>());
      case 0x8a:
        return PushLong();
      case 'G':
        return PushFloat();
      case 'X':  // BINUNICODE
        return PushText(Kind::kString, Take(TakeInt<uint32_t>()));
      case 0x8c:  // SHORT_BINUNICODE
        return PushText(Kind::kString, Take(TakeInt<uint8_t>()));
      default:
        return StepOfContainers(code);
    }
  }

  void StepOfContainers(uint8_t code) {
    switch (code) {
      case ')':  // EMPTY_TUPLE
        return Push(New(Kind::kTuple));
      case ']':  // EMPTY_LIST
        return Push(New(Kind::kList));
      case '}':  // EMPTY_DICT
        return Push(New(Kind::kDict));
      case 't':  // TUPLE
        return PushItems(Kind::kTuple, PopToMark());
      case 0x85:  // TUPLE1, TUPLE2, TUPLE3
      case 0x86:
      case 0x87:
        return PushItems(Kind::kTuple, PopSome(code - 0x84));
      case 'a':  // APPEND
        return Extend(Kind::kList, PopSome(1));
      case 'e':  // APPENDS
        return Extend(Kind::kList, PopToMark());
      case 's':  // SETITEM
        return Extend(Kind::kDict, PopSome(2));
      case 'u':  // SETITEMS
        return Extend(Kind::kDict, PopToMark());
      default:
        return StepOfObjects(code);
    }
  }

  void StepOfObjects(uint8_t code) {
    switch (code) {
      case 'q':  // BINPUT
        return Memoize(TakeInt<uint8_t>());
      case 'r':  // LONG_BINPUT
        return Memoize(TakeInt<uint32_t>());
      case 0x94:  // MEMOIZE
        return Memoize(static_cast<uint32_t>(memo_.size()));
      case 'h':  // BINGET
        return Recall(TakeInt<uint8_t>());
      case 'j':  // LONG_BINGET
        return Recall(TakeInt<uint32_t>());
      case 'c':  // GLOBAL
        return PushGlobal(TakeName());
      case 0x93:
        return StackGlobal();
      case 'R':
        return Reduce();
      case 'b':
        return Build();
      case 'Q':  // BINPERSID
        return PushItems(Kind::kPersistent, PopSome(1));
      default:
        Fail(absl::StrFormat("instruction 0x%02x is not one that files with tensors need", code));
    }
  }

  std::string_view bytes_;
  std::string path_;
  absl::Status status_;
  size_t position_ = 0, start_ = 0;  // of the next byte, of the instruction
  std::vector<PickleValue*> stack_;
  std::vector<size_t> marks_;  // heights of the stack
  std::unordered_map<uint32_t, PickleValue*> memo_;
  Pickle pickle_;
};

absl::StatusOr<Pickle> Pickle::Parse(std::span<const std::byte> bytes, const std::string& path) {
  return PickleMachine(bytes, path).Run();
}

}  // namespace gokart
