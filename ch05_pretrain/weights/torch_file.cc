#include "ch05_pretrain/weights/torch_file.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ch05_pretrain/weights/pickle.h"
#include "tensor/quote_for_message.h"

namespace gokart {
namespace {

using Kind = PickleValue::Kind;

constexpr int kMaxDepth = 8;  // of dictionaries in dictionaries
constexpr std::string_view kModelKeys[] = {"model_state_dict", "state_dict", "model"};
constexpr std::string_view kPickle = "data.pkl";

struct StorageType {
  std::string_view name;
  DType dtype;
};
constexpr StorageType kStorageTypes[] = {
    {"torch\nFloatStorage", DType::kF32},     {"torch\nHalfStorage", DType::kF16},
    {"torch\nBFloat16Storage", DType::kBF16}, {"torch\nDoubleStorage", DType::kF64},
    {"torch\nLongStorage", DType::kI64},      {"torch\nIntStorage", DType::kI32},
    {"torch\nShortStorage", DType::kI16},     {"torch\nCharStorage", DType::kI8},
    {"torch\nByteStorage", DType::kU8},       {"torch\nBoolStorage", DType::kBool},
};

bool AllInts(const PickleValue& tuple, std::vector<int64_t>& out) {
  if (!tuple.Is(Kind::kTuple)) return false;
  for (const PickleValue* item : tuple.items) {
    if (!item->Is(Kind::kInt) || item->integer < 0) return false;
    out.push_back(item->integer);
  }
  return true;
}

// Some numbers in a storage: a tensor before it is known where its storage lies.
struct View {
  DType dtype = DType::kF32;
  std::string_view key;  // of the storage
  int64_t offset = 0;
  std::vector<int64_t> shape, strides;  // in numbers, not bytes
};

// ("storage", torch.FloatStorage, key, device, length) as persistent value.
bool ReadStorage(const PickleValue& value, View& view) {
  if (!value.Is(Kind::kPersistent) || !value.items[0]->Is(Kind::kTuple)) return false;
  const auto& items = value.items[0]->items;
  if (items.size() != 5 || !items[0]->Is(Kind::kString) || items[0]->text != "storage" ||
      !items[1]->Is(Kind::kGlobal) || !items[2]->Is(Kind::kString)) {
    return false;
  }
  const auto type = std::find_if(std::begin(kStorageTypes), std::end(kStorageTypes),
                                 [&](const StorageType& t) { return t.name == items[1]->text; });
  if (type == std::end(kStorageTypes)) return false;
  view.dtype = type->dtype;
  view.key = items[2]->text;
  return true;
}

// _rebuild_tensor_v2(storage, offset, shape, strides, ...).
bool ReadView(const PickleValue& call, View& view) {
  if (call.items.size() < 4 || !ReadStorage(*call.items[0], view) ||
      !call.items[1]->Is(Kind::kInt) || call.items[1]->integer < 0 ||
      !AllInts(*call.items[2], view.shape) || !AllInts(*call.items[3], view.strides) ||
      view.shape.size() != view.strides.size()) {
    return false;
  }
  view.offset = call.items[1]->integer;
  for (size_t i = 0; i < view.shape.size(); ++i) {
    if (view.shape[i] == 1) view.strides[i] = 0;  // nobody steps along this axis
  }
  return true;
}

// Whether the numbers lie one after the other in row-major order.
bool IsContiguous(const View& view) {
  int64_t expected = 1;
  for (size_t i = view.shape.size(); i-- > 0;) {
    if (view.shape[i] != 1 && view.strides[i] != expected) return false;
    expected *= view.shape[i];
  }
  return true;
}

// The index behind the last number, if all of them are below `limit`.
bool StaysBelow(const View& view, int64_t limit) {
  int64_t last = view.offset;
  for (size_t i = 0; i < view.shape.size(); ++i) {
    int64_t step = 0;
    if (__builtin_mul_overflow(view.shape[i] - 1, view.strides[i], &step) ||
        __builtin_add_overflow(last, step, &last)) {
      return false;
    }
  }
  return last < limit;
}

// The view's numbers in row-major order.
std::vector<std::byte> Gather(const View& view, std::span<const std::byte> storage, uint64_t size) {
  const size_t width = DTypeSize(view.dtype);
  std::vector<std::byte> out(size);
  std::vector<int64_t> index(view.shape.size(), 0);
  int64_t from = view.offset;
  for (uint64_t to = 0; to < size; to += width) {
    std::memcpy(out.data() + to, storage.data() + from * width, width);
    for (size_t i = index.size(); i-- > 0;) {  // counts up, the last axis fastest
      from += view.strides[i];
      if (++index[i] < view.shape[i]) break;
      from -= view.strides[i] * view.shape[i];
      index[i] = 0;
    }
  }
  return out;
}

class ArchiveReader {
 public:
  ArchiveReader(const std::vector<StoredZipEntry>& entries, uint64_t max_copied_bytes,
                TensorFile& file)
      : max_copied_bytes_(max_copied_bytes), file_(file) {
    for (const StoredZipEntry& entry : entries) entries_[entry.name] = &entry;
  }

  absl::Status Read() {
    const absl::StatusOr<const StoredZipEntry*> pickled = FindPickle();
    if (!pickled.ok()) return pickled.status();
    const std::string& name = (*pickled)->name;
    root_ = name.substr(0, name.size() - kPickle.size());
    const auto order = entries_.find(root_ + "byteorder");
    if (order != entries_.end() && !order->second->bytes.empty() &&
        order->second->bytes[0] != std::byte{'l'}) {
      return absl::UnimplementedError(absl::StrCat(file_.path, ": holds big-endian numbers"));
    }
    AddChecksum(**pickled);
    const absl::StatusOr<Pickle> pickle =
        Pickle::Parse((*pickled)->bytes, absl::StrCat(file_.path, ": ", name));
    if (!pickle.ok()) return pickle.status();
    max_visits_ = 4 * pickle->num_values() + 4;
    return ReadRoot(pickle->root());
  }

 private:
  absl::StatusOr<const StoredZipEntry*> FindPickle() const {
    const StoredZipEntry* found = nullptr;
    for (const auto& [name, entry] : entries_) {
      if (name != kPickle && !name.ends_with("/data.pkl")) continue;
      if (found != nullptr) return Error(0, "holds more than one data.pkl");
      found = entry;
    }
    if (found == nullptr) {
      return Error(0, "is a zip archive without a data.pkl, so not from torch.save");
    }
    return found;
  }

  absl::Status Error(uint32_t offset, const std::string& what) const {
    const std::string where =
        root_.empty() ? "" : absl::StrCat(root_, std::string(kPickle), ": offset ", offset, ": ");
    return absl::DataLossError(absl::StrCat(file_.path, ": ", where, what));
  }

  void AddChecksum(const StoredZipEntry& entry) {
    if (!summed_.insert(entry.name).second) return;
    file_.checksums.push_back(
        {QuoteForMessage(entry.name), DataChecksum::Kind::kCrc32, entry.crc32, entry.bytes});
  }

  // The model's dictionary loses its own name.
  absl::Status ReadRoot(const PickleValue& root) {
    if (!root.Is(Kind::kDict)) {
      return Error(root.offset, "a dictionary of tensors expected, as state_dict() makes it");
    }
    for (const auto& [key, value] : root.Pairs()) {
      const bool is_model = value->Is(Kind::kDict) && key->Is(Kind::kString) &&
                            std::find(std::begin(kModelKeys), std::end(kModelKeys), key->text) !=
                                std::end(kModelKeys);
      const absl::Status status = is_model ? Visit(*value, "", 1) : Visit(*value, KeyText(*key), 1);
      if (!status.ok()) return status;
    }
    if (file_.tensors.empty()) return Error(root.offset, "there is no tensor in it");
    return absl::OkStatus();
  }

  static std::string KeyText(const PickleValue& key) {
    if (key.Is(Kind::kString)) return std::string(key.text);
    return key.Is(Kind::kInt) ? absl::StrCat(key.integer) : "?";
  }

  // Adds the tensors in `value`. What is shared is visited as often as it is mentioned, but not
  // without end. Numbers and strings, such as the step of an optimiser, are passed over.
  absl::Status Visit(const PickleValue& value, const std::string& name, int depth) {
    if (++visits_ > max_visits_ || depth > kMaxDepth) {
      return Error(value.offset, "dictionaries and lists are nested too deeply");
    }
    if (value.IsCallOf(Pickle::kTensor)) return AddTensor(value, name);
    if (value.IsCallOf(Pickle::kParameter)) {
      if (value.items.empty()) return Error(value.offset, "a parameter without a tensor");
      return Visit(*value.items[0], name, depth + 1);
    }
    const std::string prefix = name.empty() ? "" : name + ".";
    if (value.Is(Kind::kDict)) {
      for (const auto& [key, item] : value.Pairs()) {
        const absl::Status status = Visit(*item, prefix + KeyText(*key), depth + 1);
        if (!status.ok()) return status;
      }
    } else if (value.Is(Kind::kList) || value.Is(Kind::kTuple)) {
      for (size_t i = 0; i < value.items.size(); ++i) {
        const absl::Status status = Visit(*value.items[i], absl::StrCat(prefix, i), depth + 1);
        if (!status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddTensor(const PickleValue& call, const std::string& name) {
    const std::string what = absl::StrCat("tensor ", QuoteForMessage(name));
    View view;
    if (!ReadView(call, view)) {
      return Error(call.offset, what + ": a storage, an offset, a shape and strides expected");
    }
    if (!names_.insert(name).second) return Error(call.offset, what + " is there twice");
    StoredTensor tensor = {.name = name, .dtype = view.dtype, .shape = view.shape};
    const std::string storage_name = absl::StrCat(root_, "data/", std::string(view.key));
    const auto storage = entries_.find(storage_name);
    if (storage == entries_.end()) {
      return Error(call.offset, absl::StrCat(what, ": there is no ", QuoteForMessage(storage_name),
                                             " in the archive"));
    }
    const std::span<const std::byte> bytes = storage->second->bytes;
    const std::optional<uint64_t> size = ByteSize(view.shape, view.dtype);
    const int64_t length = static_cast<int64_t>(bytes.size() / DTypeSize(view.dtype));
    if (!size || *size > bytes.size() || (*size > 0 && !StaysBelow(view, length))) {
      return Error(call.offset,
                   absl::StrCat(what, " ", tensor.TypeAndShape(), " at ", view.offset,
                                " with strides ", ShapeText(view.strides), " is not within ",
                                QuoteForMessage(storage_name), " of ", length, " numbers"));
    }
    AddChecksum(*storage->second);
    return Place(view, bytes, *size, std::move(tensor));
  }

  absl::Status Place(const View& view, std::span<const std::byte> storage, uint64_t size,
                     StoredTensor tensor) {
    if (size == 0) {
      tensor.bytes = storage.first(0);
    } else if (IsContiguous(view)) {
      tensor.bytes = storage.subspan(view.offset * DTypeSize(view.dtype), size);
    } else {
      if (size > max_copied_bytes_) {
        return Error(0, "more tensors than the file can hold share their storages");
      }
      max_copied_bytes_ -= size;
      file_.copies.push_back(
          std::make_shared<const std::vector<std::byte>>(Gather(view, storage, size)));
      tensor.bytes = *file_.copies.back();
    }
    file_.tensors.push_back(std::move(tensor));
    return absl::OkStatus();
  }

  uint64_t max_copied_bytes_;
  TensorFile& file_;
  std::map<std::string, const StoredZipEntry*> entries_;
  std::string root_;  // of the archive: the entries' names begin with it
  std::set<std::string> names_, summed_;
  size_t visits_ = 0, max_visits_ = 0;
};

}  // namespace

absl::Status ReadTorchEntries(const std::vector<StoredZipEntry>& entries, uint64_t max_copied_bytes,
                              TensorFile& file) {
  return ArchiveReader(entries, max_copied_bytes, file).Read();
}

absl::Status ReadTorchArchive(std::span<const std::byte> bytes, TensorFile& file) {
  const absl::StatusOr<std::vector<StoredZipEntry>> entries = ReadStoredZip(bytes, file.path);
  if (!entries.ok()) return entries.status();
  return ReadTorchEntries(*entries, bytes.size(), file);
}

bool IsOldTorchFile(std::span<const std::byte> bytes) {
  // A pickle of protocol 2 with the number 0x1950a86a20f9469cfc6c.
  constexpr std::string_view kStart("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19");
  return bytes.size() >= kStart.size() &&
         std::memcmp(bytes.data(), kStart.data(), kStart.size()) == 0;
}

absl::StatusOr<TensorFile> OpenTorchFile(const std::string& path) {
  absl::StatusOr<MappedFile> mapped = MappedFile::Open(path);
  if (!mapped.ok()) return mapped.status();
  TensorFile file = {.path = path, .format = "PyTorch"};
  file.files.push_back(std::make_shared<const MappedFile>(*std::move(mapped)));
  const std::span<const std::byte> bytes = file.files.back()->bytes();
  if (IsOldTorchFile(bytes)) {
    return absl::UnimplementedError(
        absl::StrCat(path,
                     ": is from before PyTorch 1.6, when torch.save made no archives; convert it "
                     "in Python: torch.save(torch.load(path), path)"));
  }
  if (absl::Status s = ReadTorchArchive(bytes, file); !s.ok()) return s;
  return file;
}

}  // namespace gokart
